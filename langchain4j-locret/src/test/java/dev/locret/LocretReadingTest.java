package dev.locret;

import static dev.langchain4j.data.message.SystemMessage.systemMessage;
import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.engine.ContextInfo;
import dev.locret.engine.GenerationListener;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of what a model reads: by budget, once for many questions, or for one. */
class LocretReadingTest {
    @Test
    void asksATextThatWasReadBefore() {
        LocretChatModel reader = LocretChatModel.builder()
                .modelPath(DemoModel.path())
                .cacheBudget(256)
                .chunkSize(64)
                .localTokens(64)
                .maxOutputTokens(12)
                .build();
        ChatRequest question = ChatRequest.builder()
                .messages(userMessage("What is the name of the dog?"))
                .parameters(
                        LocretChatRequestParameters.builder().context("story").build())
                .build();

        assertThatThrownBy(() -> reader.chat(question)).isExactlyInstanceOf(InvalidRequestException.class);
        int tokens = reader.readContext("story", "The name of the dog is Rex.", GenerationListener.NONE)
                .await()
                .tokens();
        ChatResponse answer = reader.chat(question);

        assertThat(answer.aiMessage().text()).contains("Rex");
        assertThat(answer.tokenUsage().inputTokenCount()).isGreaterThan(tokens + 5);
        assertThat(((LocretChatResponseMetadata) answer.metadata()).promptTokensRead())
                .isEqualTo(answer.tokenUsage().inputTokenCount() - tokens);
        assertThat(answer.tokenUsage().inputTokenCount())
                .isEqualTo(new LocretTokenCountEstimator(reader.engine())
                        .estimateTokenCountInMessages(
                                List.of(userMessage("The name of the dog is Rex.\n\nWhat is the name of the dog?"))));
        assertThatThrownBy(() -> reader.chat(toStory(systemMessage("Be brief."), userMessage("?"))))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageMatching("context 'story' was not read behind the request's system message and tools; leave"
                        + " them out or read it with them: request\\[\\d+]=\\d+, context\\[\\d+]=\\d+");
        assertThatThrownBy(() -> reader.chat(ChatRequest.builder()
                        .messages(userMessage("?"))
                        .parameters(LocretChatRequestParameters.builder()
                                .context("story")
                                .questionAware(true)
                                .build())
                        .build()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage(
                        "parameter 'questionAware' with parameter 'context' (a context is read before the question is"
                                + " known) is not supported by Locret");
        reader.close();
    }

    private static ChatRequest toStory(ChatMessage... messages) {
        return ChatRequest.builder()
                .messages(messages)
                .parameters(
                        LocretChatRequestParameters.builder().context("story").build())
                .build();
    }

    @Test
    void asksATextThatWasReadBehindASystemMessageAndTools() {
        LocretChatModel reader = shared().maxOutputTokens(12)
                .defaultRequestParameters(LocretChatRequestParameters.builder()
                        .evictionPolicy("keydiff")
                        .cacheBudget(200)
                        .build())
                .build();
        ToolSpecification tool = ToolSpecification.builder().name("now").build();
        ChatMessage system = systemMessage("Answer in one sentence.");
        ChatRequest beginning = ChatRequest.builder()
                .messages(system, userMessage("The name of the dog is Rex."))
                .toolSpecifications(tool)
                .build();
        ChatMessage question = userMessage("What is the name of the dog?");

        ContextInfo read =
                reader.readContext("story", beginning, GenerationListener.NONE).await();
        ChatResponse plain = reader.chat(toStory(question));
        ChatResponse whole = reader.chat(ChatRequest.builder()
                .messages(system, question)
                .parameters(LocretChatRequestParameters.builder()
                        .context("story")
                        .toolSpecifications(tool)
                        .build())
                .build());

        assertThat(read.policy()).isEqualTo("keydiff");
        assertThat(read.cacheBudget()).isEqualTo(200);
        assertThat(plain.aiMessage().text()).contains("Rex");
        assertThat(whole.tokenUsage().inputTokenCount())
                .isEqualTo(plain.tokenUsage().inputTokenCount())
                .isGreaterThan(read.tokens());
        // The system message alone: the context has tools as well.
        assertThatThrownBy(() -> reader.chat(toStory(system, question)))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("context 'story' was not read behind the request's system message and tools");
        assertThatThrownBy(() -> reader.readContext(
                        "story",
                        ChatRequest.builder()
                                .modelName("other")
                                .messages(system, question)
                                .build(),
                        GenerationListener.NONE))
                .isExactlyInstanceOf(ModelNotFoundException.class);
        assertThat(reader.engine().contexts().remove("story")).isTrue();
    }

    @Test
    void readsADocumentForItsQuestion() {
        String filler = "The grass is green. The sky is blue. The sun is yellow. Here we go. ";
        String document = filler.repeat(8) + "The special magic number for harbour is 4719302. " + filler.repeat(16);
        String question = "What is the special magic number for harbour?";
        LocretChatModel aware = shared().questionAware(true).maxOutputTokens(16).build();
        ChatRequest twoTexts = ChatRequest.builder()
                .messages(UserMessage.from(TextContent.from(document), TextContent.from(question)))
                .build();

        LocretChatResponseMetadata metadata =
                (LocretChatResponseMetadata) aware.chat(twoTexts).metadata();
        LocretChatResponseMetadata plain = (LocretChatResponseMetadata)
                shared().maxOutputTokens(16).build().chat(twoTexts).metadata();
        LocretChatResponseMetadata shortOne =
                (LocretChatResponseMetadata) aware.chat(userMessage(question)).metadata();

        assertThat(metadata.questionAware()).isTrue();
        assertThat(plain.questionAware()).isFalse();
        assertThat(shortOne.questionAware()).isFalse();
        int more = new LocretTokenCountEstimator(aware.engine()).estimateTokenCountInText(question + "\n\n");
        assertThat(metadata.tokenUsage().inputTokenCount() - plain.tokenUsage().inputTokenCount())
                .isBetween(more - 1, more + 1);
        assertThat(metadata.entriesKept()).isEqualTo(plain.entriesKept());
        // One text: nobody can tell the question from the document.
        assertThatThrownBy(() -> aware.chat(userMessage(document + question)))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageMatching("question and what comes before it are too long to be kept while the document is"
                        + " read: tokens=\\d+, last entries=32, cache-budget=256");
    }

    @Test
    void keepsAsMuchAsARequestAllows() {
        String document = "The grass is green. The sky is blue. The sun is yellow. Here we go. ".repeat(16);
        LocretChatModel small = shared().maxOutputTokens(1)
                .defaultRequestParameters(
                        LocretChatRequestParameters.builder().cacheBudget(100).build())
                .build();

        assertThat(entriesKept(small.chat(userMessage(document)))).isEqualTo(100 + 32);
        assertThat(entriesKept(small.chat(withBudget(document, 200)))).isEqualTo(200 + 32);
        assertThatThrownBy(() -> small.chat(withBudget(document, 257)))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("cache-budget out of range: cache-budget=257, allowed=1..256");
        assertThatThrownBy(() -> small.chat(withBudget(document, 0)))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("cache-budget out of range: cache-budget=0, allowed=1..2147483647");
    }

    private static int entriesKept(ChatResponse response) {
        return ((LocretChatResponseMetadata) response.metadata()).entriesKept();
    }

    private static ChatRequest withBudget(String text, int budget) {
        return ChatRequest.builder()
                .messages(userMessage(text))
                .parameters(LocretChatRequestParameters.builder()
                        .cacheBudget(budget)
                        .build())
                .build();
    }

    private static LocretChatModelBuilder shared() {
        return LocretChatModel.builder().engine(DemoEngine.shared());
    }
}
