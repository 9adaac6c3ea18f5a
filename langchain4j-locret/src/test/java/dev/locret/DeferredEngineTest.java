package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import dev.locret.testing.DemoEngine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that are built before their engine is loaded. */
@Timeout(120)
class DeferredEngineTest {
    private final CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
    private final AtomicInteger asked = new AtomicInteger();

    private LocretEngine engine() {
        asked.incrementAndGet();
        return loading.join();
    }

    private LocretChatModel chatModel() {
        return LocretChatModel.builder()
                .engineSupplier(this::engine)
                .temperature(0.0)
                .maxOutputTokens(12)
                .build();
    }

    @Test
    void buildingAndLookingDoNotLoad() {
        LocretChatModel model = chatModel();

        assertThat(model.defaultRequestParameters().maxOutputTokens()).isEqualTo(12);
        assertThat(model.defaultRequestParameters().modelName()).isNull();
        assertThat(model.listeners()).isEmpty();
        assertThat(model.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
        model.close();
        assertThat(asked).hasValue(0);
    }

    @Test
    void aCallWaitsForTheModel() throws Exception {
        LocretChatModel model = chatModel();
        CompletableFuture<ChatResponse> answer =
                CompletableFuture.supplyAsync(() -> model.chat(UserMessage.from("What is the capital of France?")));

        assertThat(answer).isNotDone();
        loading.complete(DemoEngine.shared());

        ChatResponse response = answer.get(60, TimeUnit.SECONDS);
        assertThat(response.aiMessage().text()).contains("Paris");
        assertThat(response.metadata().modelName())
                .isEqualTo(DemoEngine.shared().modelName());
        assertThat(model.defaultRequestParameters().modelName())
                .isEqualTo(DemoEngine.shared().modelName());
        model.chat("Hi");
        assertThat(model.engine()).isSameAs(DemoEngine.shared());
        assertThat(asked).hasValue(1);
    }

    @Test
    void aStreamingCallDoesNotBlockItsThread() throws Exception {
        LocretStreamingChatModel model = LocretStreamingChatModel.builder()
                .engineSupplier(this::engine)
                .maxOutputTokens(12)
                .build();
        Answer answer = new Answer();

        model.chat("What is the capital of France?", answer);
        assertThat(answer).isNotDone();
        loading.complete(DemoEngine.shared());

        assertThat(answer.get(60, TimeUnit.SECONDS).aiMessage().text()).contains("Paris");
        Answer second = new Answer();
        model.chat("What is the capital of France?", second);
        assertThat(second.get(60, TimeUnit.SECONDS).aiMessage().text()).contains("Paris");
    }

    @Test
    void aFailedLoadFailsTheCallAndTheNextOneAsksAgain() {
        LocretException damaged = new LocretException(ErrorId.FILE_DAMAGED, "gguf: damaged");
        AtomicInteger calls = new AtomicInteger();
        LocretChatModel model = LocretChatModel.builder()
                .engineSupplier(() -> {
                    if (calls.getAndIncrement() == 0) {
                        throw damaged;
                    }
                    return DemoEngine.shared();
                })
                .maxOutputTokens(2)
                .build();

        assertThatThrownBy(() -> model.chat("Hi"))
                .isInstanceOf(InternalServerException.class)
                .hasMessage("gguf: damaged")
                .hasCause(damaged);
        assertThat(model.chat("Hi")).isNotNull();
    }

    @Test
    void aFailedLoadReachesTheHandler() {
        LocretStreamingChatModel model = LocretStreamingChatModel.builder()
                .engineSupplier(() -> {
                    throw new LocretException(ErrorId.TIMEOUT, "model is still loading");
                })
                .build();
        Answer answer = new Answer();

        model.chat("Hi", answer);

        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessage("model is still loading");
    }

    @Test
    void countsTokensWhenThereIsAModel() {
        LocretTokenCountEstimator estimator = new LocretTokenCountEstimator(this::engine);
        assertThat(asked).hasValue(0);
        loading.complete(DemoEngine.shared());

        int count = estimator.estimateTokenCountInText("Long contexts");

        assertThat(count)
                .isEqualTo(
                        new LocretTokenCountEstimator(DemoEngine.shared()).estimateTokenCountInText("Long contexts"));
        estimator.estimateTokenCountInText("again");
        assertThat(asked).hasValue(1);
    }

    @Test
    void takesOneEngine() {
        assertThatThrownBy(() -> LocretChatModel.builder()
                        .engine(DemoEngine.shared())
                        .engineSupplier(this::engine)
                        .build())
                .hasMessage("engine is given twice: engine, engine-supplier");
        assertThatThrownBy(() -> LocretChatModel.builder()
                        .engineSupplier(this::engine)
                        .threads(2)
                        .build())
                .hasMessage("a shared engine is loaded already, so these cannot be set with it: threads");
    }

    private static final class Answer extends CompletableFuture<ChatResponse> implements StreamingChatResponseHandler {
        @Override
        public void onPartialResponse(String piece) {}

        @Override
        public void onCompleteResponse(ChatResponse response) {
            complete(response);
        }

        @Override
        public void onError(Throwable error) {
            completeExceptionally(error);
        }
    }
}
