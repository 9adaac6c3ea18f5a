package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.splitter.DocumentSplitters;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.locret.testing.DemoEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocretTokenCountEstimatorTest {
    private final LocretTokenCountEstimator estimator = new LocretTokenCountEstimator(DemoEngine.shared());

    @Test
    void countsWithTheModelsTokenizer() {
        String text = "Long contexts in a fixed cache.";

        assertThat(estimator.estimateTokenCountInText(text))
                .isEqualTo(DemoEngine.shared().tokenizer().encode(text, false).length);
    }

    @Test
    void addsUpMessagesWithinOneTokenEach() {
        List<ChatMessage> question = List.of(UserMessage.from("Why?"));
        List<ChatMessage> answered = List.of(question.get(0), AiMessage.from("So."));

        int added = estimator.estimateTokenCountInMessages(answered) - estimator.estimateTokenCountInMessages(question);
        assertThat(estimator.estimateTokenCountInMessage(answered.get(1))).isBetween(added - 1, added + 1);
    }

    @Test
    void cutsDocumentsByTheModelsTokens() {
        LocretTokenCountEstimator estimator = new LocretTokenCountEstimator(DemoEngine.shared());
        Document document = Document.from("The grass is green. The sky is blue. ".repeat(30));

        List<TextSegment> segments =
                DocumentSplitters.recursive(50, 0, estimator).split(document);

        assertThat(segments).hasSizeGreaterThan(3).allSatisfy(segment -> assertThat(
                        estimator.estimateTokenCountInText(segment.text()))
                .isBetween(20, 50));
    }
}
