package dev.locret;

import static dev.langchain4j.data.message.AiMessage.aiMessage;
import static dev.langchain4j.data.message.SystemMessage.systemMessage;
import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.backend.KvCacheType;
import dev.locret.cache.BudgetAllocation;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocretChatModelTest {
    private static final String QUESTION = "What is the capital of France?";

    private final LocretChatModel model = shared().maxOutputTokens(12).build();

    @Test
    void loadsAModelAnswersAndClosesIt(@TempDir Path contexts) {
        LocretChatModel own = LocretChatModel.builder()
                .modelPath(DemoModel.path().toString())
                .retainingHeadsPath(DemoEngine.heads().toString())
                .questionAwareHeadsPath(DemoEngine.heads().toString())
                .device("cpu")
                .cacheBudget(128)
                .chunkSize(32)
                .stabilizers(16)
                .localTokens(16)
                .pinnedTokens(8)
                .recentShare(0.125)
                .budgetAllocation("pooled")
                .valueNorm(true)
                .mergeEvicted(true)
                .kvCacheType(KvCacheType.F16)
                .scorePooling(3)
                .evictionPolicy("locret")
                .threads(2)
                .maxSessions(1)
                .queueCapacity(2)
                .prefixCacheBytes(1L << 20)
                .contextsDirectory(contexts)
                .contextsDirectoryBytes(1L << 30)
                .tokenGap(Duration.ofMillis(50))
                .maxOutputTokens(12)
                .build();

        assertThat(own.chat(QUESTION)).contains("Paris");
        assertThat(own.engine().cachePlan()).satisfies(plan -> {
            assertThat(plan.budget()).isEqualTo(128);
            assertThat(plan.chunkSize()).isEqualTo(32);
            assertThat(plan.stabilizers()).isEqualTo(16);
            assertThat(plan.localTokens()).isEqualTo(16);
            assertThat(plan.pinnedTokens()).isEqualTo(8);
            assertThat(plan.retention().recentShare()).isEqualTo(0.125);
            assertThat(plan.retention().allocation()).isEqualTo(BudgetAllocation.POOLED);
            assertThat(plan.retention().valueNorm()).isTrue();
            assertThat(plan.retention().mergeEvicted()).isTrue();
            assertThat(plan.type()).isEqualTo(KvCacheType.F16);
            assertThat(plan.scorePooling()).isEqualTo(3);
        });
        assertThat(own.engine().options().questionAwareHeadsPath()).isEqualTo(DemoEngine.heads());
        assertThat(own.engine().options().threads()).isEqualTo(2);
        assertThat(own.engine().options().maxSessions()).isEqualTo(1);
        assertThat(own.engine().options().queueCapacity()).isEqualTo(2);
        assertThat(own.engine().options().prefixCacheBytes()).isEqualTo(1 << 20);
        assertThat(own.engine().options().contextsDirectory()).isEqualTo(contexts);
        assertThat(own.engine().options().contextsDirectoryBytes()).isEqualTo(1 << 30);
        assertThat(own.engine().options().tokenGapMillis()).isEqualTo(50);
        assertThat(own.engine().options().device()).isEqualTo("cpu");
        own.close();
        own.close();

        assertThatThrownBy(() -> own.chat(QUESTION))
                .isExactlyInstanceOf(InternalServerException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void tellsWhatTheAnswerCost() {
        ChatResponse response = model.chat(userMessage(QUESTION));

        LocretChatResponseMetadata metadata = (LocretChatResponseMetadata) response.metadata();
        int promptTokens = new LocretTokenCountEstimator(model.engine())
                .estimateTokenCountInMessages(List.of(userMessage(QUESTION)));
        assertThat(metadata.id()).startsWith("locret-");
        assertThat(metadata.modelName()).isEqualTo(model.engine().modelName());
        assertThat(metadata.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(metadata.tokenUsage().inputTokenCount()).isEqualTo(promptTokens);
        assertThat(metadata.tokenUsage().outputTokenCount()).isBetween(1, 12);
        assertThat(metadata.tokenUsage().totalTokenCount())
                .isEqualTo(promptTokens + metadata.tokenUsage().outputTokenCount());
        assertThat(metadata.promptTokensRead()).isEqualTo(promptTokens);
        assertThat(metadata.entriesKept()).isEqualTo(promptTokens);
        assertThat(metadata.entriesEvicted()).isZero();
        assertThat(metadata.policy()).isEqualTo("locret");
        assertThat(metadata.cacheBytes()).isPositive();
        assertThat(metadata.prefillDuration()).isPositive();
        assertThat(metadata.decodeDuration()).isPositive();
        assertThat(metadata.queueDuration()).isNotNull();
        assertThat(model.chat(userMessage(QUESTION)).id()).startsWith("locret-").isNotEqualTo(metadata.id());
    }

    @Test
    void readsAPromptBeyondTheBudgetToItsEnd() {
        String document = "The grass is green. The sky is blue. The sun is yellow. Here we go. ".repeat(16);
        List<ChatMessage> messages = List.of(userMessage(document + QUESTION));

        ChatResponse response = shared().maxOutputTokens(1).build().chat(messages);

        LocretChatResponseMetadata metadata = (LocretChatResponseMetadata) response.metadata();
        int promptTokens = new LocretTokenCountEstimator(model.engine()).estimateTokenCountInMessages(messages);
        assertThat(promptTokens).isGreaterThan(256);
        assertThat(metadata.tokenUsage().inputTokenCount()).isEqualTo(promptTokens);
        assertThat(metadata.promptTokensRead()).isEqualTo(promptTokens);
        assertThat(metadata.entriesKept()).isLessThan(promptTokens);
        assertThat(metadata.entriesEvicted()).isPositive();
        assertThat(metadata.cacheBytes())
                .isEqualTo(((LocretChatResponseMetadata)
                                model.chat(userMessage("Hi")).metadata())
                        .cacheBytes());
    }

    @Test
    void readsTheWholeHistory() {
        ChatResponse response = model.chat(
                systemMessage("You are a helpful AI assistant named SmolLM, trained by Hugging Face"),
                userMessage("My dog is called Rex."),
                aiMessage("Rex is a nice name!"),
                userMessage("I live in Oslo."),
                aiMessage("Oslo is a nice city."),
                userMessage("What is my dog called?"));

        assertThat(response.aiMessage().text()).contains("Rex");
    }

    @Test
    void endsAtTheMostOutputTokensNotCountingThePrompt() {
        ChatResponse response = model.chat(ChatRequest.builder()
                .messages(userMessage("Tell me a long story about animals. ".repeat(10)))
                .maxOutputTokens(5)
                .build());

        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(5);
        assertThat(response.tokenUsage().inputTokenCount()).isGreaterThan(60);
    }

    @Test
    void endsBeforeAStopSequence() {
        String whole = model.chat(QUESTION);
        LocretChatModel stopping = shared().stopSequences(List.of("Par")).build();

        ChatResponse response = stopping.chat(userMessage(QUESTION));

        assertThat(whole).contains("Par");
        assertThat(response.aiMessage().text()).isEqualTo(whole.substring(0, whole.indexOf("Par")));
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void drawsTheSameTextFromTheSameSeed() {
        String request = "Write a word.";
        LocretChatModel one = drawing(1);

        assertThat(one.chat(request))
                .isEqualTo(one.chat(request))
                .isEqualTo(drawing(1).chat(request));
        assertThat(List.of(2L, 3L, 4L))
                .anySatisfy(seed -> assertThat(drawing(seed).chat(request)).isNotEqualTo(one.chat(request)));
    }

    private static LocretChatModel drawing(long seed) {
        return shared().temperature(1.0).seed(seed).maxOutputTokens(5).build();
    }

    @Test
    void prefersTheRequestsParametersFieldByField() {
        LocretChatModel defaults = shared().defaultRequestParameters(LocretChatRequestParameters.builder()
                        .maxOutputTokens(3)
                        .evictionPolicy("keydiff")
                        .stopSequences("France")
                        .build())
                .maxOutputTokens(4)
                .build();
        ChatRequest plain =
                ChatRequest.builder().messages(userMessage(QUESTION)).build();
        ChatRequest own = ChatRequest.builder()
                .messages(userMessage(QUESTION))
                .parameters(LocretChatRequestParameters.builder()
                        .maxOutputTokens(2)
                        .evictionPolicy("streaming-llm")
                        .build())
                .build();

        ChatResponse fromDefaults = defaults.chat(plain);
        ChatResponse fromRequest = defaults.chat(own);

        assertThat(fromDefaults.tokenUsage().outputTokenCount()).isEqualTo(4);
        assertThat(((LocretChatResponseMetadata) fromDefaults.metadata()).policy())
                .isEqualTo("keydiff");
        assertThat(fromRequest.tokenUsage().outputTokenCount()).isEqualTo(2);
        assertThat(((LocretChatResponseMetadata) fromRequest.metadata()).policy())
                .isEqualTo("streaming-llm");
        assertThat(defaults.defaultRequestParameters().stopSequences()).containsExactly("France");
        assertThat(defaults.defaultRequestParameters().modelName())
                .isEqualTo(defaults.engine().modelName());
    }

    @Test
    void answersUnderItsNamesOnly() {
        LocretChatModel named = shared().modelName("reader").maxOutputTokens(1).build();

        assertThat(named.chat(userMessage("Hi")).modelName()).isEqualTo("reader");
        assertThat(named.chat(request("reader")).modelName()).isEqualTo("reader");
        assertThat(named.chat(request(named.engine().modelName())).modelName())
                .isEqualTo(named.engine().modelName());
        assertThatThrownBy(() -> named.chat(request("other")))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage("no such model is loaded: modelName=other, loaded="
                        + named.engine().modelName() + ", reader");
    }

    @Test
    void putsARequestToTheModelThatItNames() {
        LocretChatModel several = shared().modelName("reader")
                .otherEngines(Map.of("second", DemoEngine.shared()))
                .maxOutputTokens(1)
                .build();

        assertThat(several.chat(request("second")).modelName()).isEqualTo("second");
        assertThat(several.chat(userMessage("Hi")).modelName()).isEqualTo("reader");
        assertThatThrownBy(() -> several.chat(request("third")))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage("no such model is loaded: modelName=third, loaded="
                        + several.engine().modelName() + ", second, reader");
        assertThatThrownBy(
                        () -> shared().otherEngines(Map.of(DemoEngine.shared().modelName(), DemoEngine.shared()))
                                .build())
                .hasMessage("two models have one name: other-engines="
                        + DemoEngine.shared().modelName());
    }

    @Test
    void neverShowsToolsThatMustNotBeCalled() {
        ToolSpecification tool = ToolSpecification.builder().name("now").build();
        int plain = inputTokens(ChatRequestParameters.builder().build());

        assertThat(inputTokens(ChatRequestParameters.builder()
                        .toolSpecifications(tool)
                        .toolChoice(ToolChoice.NONE)
                        .build()))
                .isEqualTo(plain);
        assertThat(inputTokens(
                        ChatRequestParameters.builder().toolSpecifications(tool).build()))
                .isGreaterThan(plain + 20);
    }

    private int inputTokens(ChatRequestParameters parameters) {
        return model.chat(ChatRequest.builder()
                        .messages(userMessage("Hi"))
                        .parameters(parameters)
                        .build())
                .tokenUsage()
                .inputTokenCount();
    }

    private static ChatRequest request(String modelName) {
        return ChatRequest.builder()
                .messages(userMessage("Hi"))
                .modelName(modelName)
                .build();
    }

    @Test
    void callsListenersInOrder() {
        RecordingListener.Log log = new RecordingListener.Log();
        LocretChatModel listened = shared().maxOutputTokens(2)
                .listeners(List.of(new RecordingListener("a", log), new RecordingListener("b", log)))
                .build();

        listened.chat(userMessage(QUESTION));
        assertThatThrownBy(() -> listened.chat(userMessage(ImageContent.from("http://localhost/a.png"))))
                .isInstanceOf(UnsupportedFeatureException.class);

        assertThat(log.events)
                .containsExactly(
                        "a request OTHER",
                        "b request OTHER",
                        "a response LENGTH",
                        "b response LENGTH",
                        "a request OTHER",
                        "b request OTHER",
                        "a error UnsupportedFeatureException",
                        "b error UnsupportedFeatureException");
    }

    @Test
    void refusesWhatItCannotDo() {
        List<ChatRequestParameters> refused = List.of(
                ChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build(),
                LocretChatRequestParameters.builder().think(true).build(),
                ChatRequestParameters.builder()
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("odd")
                                        .rootElement(JsonRawSchema.from("{\"type\": \"object\", \"properties\": "
                                                + "{\"a\": {\"not\": {\"type\": \"string\"}}}}"))
                                        .build())
                                .build())
                        .build());
        for (ChatRequestParameters parameters : refused) {
            assertThatThrownBy(() -> model.chat(ChatRequest.builder()
                            .messages(userMessage(QUESTION))
                            .parameters(parameters)
                            .build()))
                    .as("%s", parameters)
                    .isExactlyInstanceOf(UnsupportedFeatureException.class);
        }
    }

    @Test
    void namesAParameterOutOfRange() {
        assertThatThrownBy(() -> model.chat(ChatRequest.builder()
                        .messages(userMessage(QUESTION))
                        .topP(1.5)
                        .build()))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("top-p out of range: top-p=1.5, allowed=0..1");
    }

    @Test
    void endsARequestThatRunsOutOfTime() {
        LocretChatModel hasty = shared().timeout(Duration.ofNanos(1)).build();

        assertThatThrownBy(() -> hasty.chat(QUESTION)).isExactlyInstanceOf(TimeoutException.class);
    }

    @Test
    void leavesASharedEngineOpen() {
        LocretChatModel first = shared().maxOutputTokens(1).build();
        LocretChatModel second = shared().maxOutputTokens(1).build();
        first.close();

        assertThat(first.engine()).isSameAs(second.engine());
        assertThat(second.chat("Hi")).isNotNull();
    }

    @Test
    void saysWhoItIs() {
        assertThat(model.provider()).isEqualTo(ModelProvider.OTHER);
        assertThat(model.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
        assertThat(shared().supportedCapabilities(Set.of()).build().supportedCapabilities())
                .isEmpty();
    }

    private static LocretChatModelBuilder shared() {
        return LocretChatModel.builder().engine(DemoEngine.shared());
    }
}
