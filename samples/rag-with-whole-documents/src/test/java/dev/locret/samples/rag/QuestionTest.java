package dev.locret.samples.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionTest {
    @TempDir
    private Path directory;

    @Test
    void theCommittedQuestionsAreAnsweredByTheirDocuments() throws IOException {
        List<Question> questions = Question.read(Path.of("questions.jsonl"));
        assertThat(questions).hasSizeGreaterThanOrEqualTo(20);
        for (Question question : questions) {
            String text = Files.readString(Settings.documents().resolve(question.document()));
            assertThat(question.answeredBy(text.replaceAll("\\s+", " ")))
                    .as(question.question())
                    .isTrue();
            assertThat(question.answeredBy(question.question()))
                    .as(question.question())
                    .isFalse();
        }
    }

    @Test
    void aLineWithoutAnswersIsNamed() throws IOException {
        Path file = Files.writeString(
                directory.resolve("q.jsonl"),
                "{\"question\": \"Who?\", \"answers\": [\"I\"]}\n\n{\"question\": \"Why?\"}\n");
        assertThatThrownBy(() -> Question.read(file))
                .hasMessage(file + ":3: not a question with answers: {\"question\": \"Why?\"}");
    }
}
