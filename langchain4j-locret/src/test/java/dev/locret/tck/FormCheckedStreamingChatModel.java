package dev.locret.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.common.StreamingMetadata;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.stream.Collectors;

/** As {@link FormCheckedChatModel}; the pieces must make up the answer too. */
final class FormCheckedStreamingChatModel implements StreamingChatModel {
    private static final int TIMEOUT_SECONDS = 60;

    private final StreamingChatModel real = RealModel.streaming().build();
    private final StreamingChatModel scripted =
            Tck.streaming().modelName(RealModel.engine().modelName()).build();

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        if (AnswerForm.isAskedFor(request)) {
            ChatRequest forced = AnswerForm.forced(request);
            ChatResponseAndStreamingMetadata answer =
                    AbstractStreamingChatModelIT.chat(real, forced, cancellable -> {}, TIMEOUT_SECONDS, true);
            AnswerForm.check(forced, answer.chatResponse());
            checkPieces(answer.chatResponse(), answer.streamingMetadata());
        }
        scripted.chat(request, handler);
    }

    private static void checkPieces(ChatResponse response, StreamingMetadata pieces) {
        assertThat(pieces.timesOnCompleteResponseWasCalled()).isEqualTo(1);
        assertThat(pieces.threads()).hasSize(1).doesNotContain(Thread.currentThread());
        assertThat(pieces.completeToolCalls())
                .extracting(CompleteToolCall::toolExecutionRequest)
                .isEqualTo(response.aiMessage().toolExecutionRequests());
        for (CompleteToolCall call : pieces.completeToolCalls()) {
            assertThat(pieces.partialToolCalls().stream()
                            .filter(piece -> piece.index() == call.index())
                            .map(PartialToolCall::partialArguments)
                            .collect(Collectors.joining()))
                    .isEqualTo(call.toolExecutionRequest().arguments());
        }
        String text = response.aiMessage().text();
        assertThat(pieces.concatenatedPartialResponses()).isEqualTo(text == null || text.isEmpty() ? null : text);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return scripted.defaultRequestParameters();
    }
}
