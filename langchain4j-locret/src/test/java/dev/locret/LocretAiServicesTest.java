package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import dev.locret.testing.DemoEngine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The models as most users reach them. */
class LocretAiServicesTest {
    interface Assistant {
        Result<String> answer(String question);

        TokenStream stream(String question);
    }

    @Test
    void remembersAConversation() throws Exception {
        ChatMemory memory =
                TokenWindowChatMemory.withMaxTokens(200, new LocretTokenCountEstimator(DemoEngine.shared()));
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(LocretChatModel.builder()
                        .engine(DemoEngine.shared())
                        .maxOutputTokens(8)
                        .build())
                .streamingChatModel(LocretStreamingChatModel.builder()
                        .engine(DemoEngine.shared())
                        .maxOutputTokens(8)
                        .build())
                .chatMemory(memory)
                .build();
        CompletableFuture<ChatResponse> streamed = new CompletableFuture<>();
        StringBuffer pieces = new StringBuffer();

        Result<String> first = assistant.answer("What is the capital of France?");
        assistant.stream("And of Italy?")
                .onPartialResponse(pieces::append)
                .onCompleteResponse(streamed::complete)
                .onError(streamed::completeExceptionally)
                .start();
        ChatResponse second = streamed.get(60, TimeUnit.SECONDS);

        assertThat(first.content()).contains("Paris");
        assertThat(second.aiMessage().text()).isEqualTo(pieces.toString()).isNotEmpty();
        assertThat(memory.messages()).hasSize(4).contains(second.aiMessage());
        assertThat(second.tokenUsage().inputTokenCount())
                .isGreaterThan(first.tokenUsage().inputTokenCount());
    }

    @Test
    void remembersNoAnswerThatWasCancelled() throws Exception {
        ChatMemory memory = MessageWindowChatMemory.withMaxMessages(10);
        Assistant assistant = AiServices.builder(Assistant.class)
                .streamingChatModel(LocretStreamingChatModel.builder()
                        .engine(DemoEngine.shared())
                        .maxOutputTokens(200)
                        .build())
                .chatMemory(memory)
                .build();
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicInteger heard = new AtomicInteger();

        assistant.stream("Tell me a long story about animals.")
                .onPartialResponseWithContext((piece, context) -> {
                    heard.incrementAndGet();
                    context.streamingHandle().cancel();
                    cancelled.countDown();
                })
                .onCompleteResponse(response -> heard.incrementAndGet())
                .onError(error -> heard.incrementAndGet())
                .start();
        assertThat(cancelled.await(60, TimeUnit.SECONDS)).isTrue();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (DemoEngine.shared().status().queue().running() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }

        assertThat(DemoEngine.shared().status().queue().running()).isZero();
        assertThat(heard).hasValue(1);
        assertThat(memory.messages()).singleElement().isInstanceOf(UserMessage.class);
    }
}
