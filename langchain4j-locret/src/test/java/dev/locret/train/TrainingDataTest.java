package dev.locret.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.ModelText;
import dev.locret.format.ModelFiles;
import dev.locret.train.Recipe.LabelTokens;
import dev.locret.train.TrainingData.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the lines of a training file. */
class TrainingDataTest {
    private static final String CONTEXT = "the red box holds the small key of the old door";
    private static final Limits LIMITS = new Limits(200, 12, 8);

    @TempDir
    Path directory;

    private ModelFiles files;
    private ModelText text;

    @BeforeEach
    void open() {
        files = ModelFiles.open(Fixtures.model());
        text = ModelText.load(files);
    }

    @AfterEach
    void close() {
        files.close();
    }

    @Test
    void theTokensFromQuestionsToTheEndOfAnswersMakeTheLabels() throws IOException {
        String line = "{\"context\": \"" + CONTEXT + "\", \"questions\": [{\"question\": \"which box?\", \"answer\":"
                + " \"the red box\"}, {\"question\": \"which door?\", \"answer\": \"the old door\"}]}";
        TrainingSample sample = read(LabelTokens.QUESTION_AND_ANSWER, line).at(0, 1);

        assertThat(decode(sample, 0, sample.scored())).endsWith(CONTEXT).doesNotContain("which");
        assertThat(labels(sample)).isEqualTo("which box?\nassistant\nthe red boxwhich door?\nassistant\nthe old door");
        assertThat(sample.labelTokens()[0]).isGreaterThanOrEqualTo(sample.scored());

        TrainingSample answers = read(LabelTokens.ANSWER, line).at(0, 1);
        assertThat(labels(answers)).isEqualTo("the red boxthe old door");
        assertThat(answers.labelTokens()[0]).isEqualTo(answers.scored());
        assertThat(decode(answers, 0, answers.scored())).contains("which box?").doesNotContain("the red box\nwhich");
    }

    @Test
    void eachQuestionStandsInFrontOfItsContextToo() throws IOException {
        String line = "{\"context\": \"" + CONTEXT + "\", \"questions\": [{\"question\": \"which box?\", \"answer\":"
                + " \"the red box\"}, {\"question\": \"which box?\", \"answer\": \"the small box\"}]}";
        TrainingData data = read(LabelTokens.QUESTION_AND_ANSWER, line, true);
        assertThat(data.size()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            TrainingSample sample = data.at(i, 1);
            assertThat(decode(sample, 0, sample.kept()))
                    .endsWith("which box?\n\n")
                    .doesNotContain("red");
            assertThat(decode(sample, sample.kept(), sample.scored())).isEqualTo(CONTEXT);
            assertThat(sample.rows()).isEqualTo(sample.scored() - sample.kept());
            assertThat(decode(sample, sample.scored(), sample.tokens().length))
                    .startsWith("\n\nwhich box?")
                    .containsOnlyOnce("which box?");
            // The question in front sees nothing of the context: its tokens make no labels.
            assertThat(labels(sample))
                    .isIn("which box?\nassistant\nthe red box", "which box?\nassistant\nthe small box");
            assertThat(sample.labelTokens()[0]).isGreaterThanOrEqualTo(sample.scored());
        }
        TrainingSample answers = read(LabelTokens.ANSWER, line, true).at(0, 1);
        assertThat(decode(answers, answers.kept(), answers.scored()))
                .startsWith(CONTEXT)
                .contains("which box?");
        assertThat(read(LabelTokens.QUESTION_AND_ANSWER, line).at(0, 1).kept()).isZero();
    }

    @Test
    void theQuestionStandsInFrontOfTheUsersFirstMessage() throws IOException {
        String line = "{\"messages\": [{\"role\": \"system\", \"content\": \"which key?\"}, {\"role\": \"user\","
                + " \"content\": \"the cat sat\"}, {\"role\": \"assistant\", \"content\": \"on the mat\"},"
                + " {\"role\": \"user\", \"content\": \"" + CONTEXT + "\\n\\nwhich key?\"}, {\"role\": \"assistant\","
                + " \"content\": \"the small key\"}]}";
        TrainingSample sample =
                read(LabelTokens.QUESTION_AND_ANSWER, line, true).at(0, 1);
        // After that of the system, which says the same here.
        assertThat(decode(sample, 0, sample.kept())).contains("which key?").endsWith("which key?\n\n");
        assertThat(decode(sample, sample.kept(), sample.scored()))
                .startsWith("the cat sat")
                .contains("on the mat")
                .endsWith(CONTEXT);
        assertThat(labels(sample)).isEqualTo("which key?\nassistant\nthe small key");
    }

    @Test
    void plainTextIsLabelledByWhatComesLater() throws IOException {
        String text = (CONTEXT + " ").repeat(4).strip();
        TrainingData data = read(
                LabelTokens.LATER,
                "{\"text\": \"" + text + "\"}\n" + question(text + " too", "yes") + "{\"text\": \"" + CONTEXT
                        + "\"}\n");
        assertThat(data.size()).isEqualTo(2);
        // Shorter than the distance from which a token counts.
        assertThat(data.left()).startsWith("1 context too short (first: ").endsWith(" line 3)");
        for (int i = 0; i < 2; i++) {
            TrainingSample sample = data.at(i, 1);
            int tokens = sample.tokens().length;
            assertThat(sample.kept()).isZero();
            assertThat(sample.scored()).isEqualTo(tokens - 64);
            assertThat(sample.labelTokens())
                    .containsExactly(IntStream.range(64, tokens).toArray());
            assertThat(decode(sample, 0, tokens)).contains(text);
        }
        TrainingSample aware =
                read(LabelTokens.LATER, question(text, "yes"), true).at(0, 1);
        assertThat(decode(aware, 0, aware.kept())).endsWith("which box?\n\n");
        assertThat(aware.labelTokens()[0]).isEqualTo(aware.kept() + 64);
        assertThat(read(LabelTokens.LATER, "{\"text\": \"" + text + "\"}", true).size())
                .isEqualTo(1);
        assertRefused("{\"text\": 7}", "train: 'text' is not a string: ", " line 1");
    }

    @Test
    void theEndOfATextLabelsWhatCameWellBeforeIt() throws IOException {
        String text = (CONTEXT + " ").repeat(4) + "oak box";
        TrainingData data =
                read(LabelTokens.QUESTION_AND_ANSWER, "{\"text\": \"" + text + "\"}\n{\"text\": \"\"}\n", false);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.left()).startsWith("1 context too short (first: ").endsWith(" line 2)");
        TrainingSample sample = data.at(0, 1);
        int tokens = sample.tokens().length;
        int end = sample.labelTokens().length;
        assertThat(decode(sample, 0, tokens)).endsWith("oak box");
        assertThat(end).isBetween(tokens / 5, tokens / 4);
        assertThat(sample.labelTokens())
                .containsExactly(IntStream.range(tokens - end, tokens).toArray());
        assertThat(sample.scored()).isEqualTo(tokens - 2 * end);
        assertThat(sample.kept()).isZero();
    }

    @Test
    void aQuestionWithoutContextLeavesNothingToScore() throws IOException {
        String line = "{\"messages\": [{\"role\": \"user\", \"content\": \"" + CONTEXT + "\"}, {\"role\":"
                + " \"assistant\", \"content\": \"yes\"}]}\n";
        TrainingData data = read(LabelTokens.QUESTION_AND_ANSWER, line + question(CONTEXT, "yes"), true);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.left()).startsWith("1 context too short (first: ");
    }

    @Test
    void aConversationEndsWithItsAnswer() throws IOException {
        TrainingSample sample = read(
                        LabelTokens.QUESTION_AND_ANSWER,
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"user\"}, {\"role\": \"assistant\","
                                + " \"content\": \"yes\"}, {\"role\": \"user\", \"content\": \"" + CONTEXT
                                + "\\n\\nwhich key?\"}, {\"role\": \"assistant\", \"content\": \"user\"}]}")
                .at(0, 1);
        assertThat(decode(sample, 0, sample.scored())).endsWith(CONTEXT);
        // The word that the template writes too is found where the message says it.
        assertThat(labels(sample)).isEqualTo("which key?\nassistant\nuser");
        int last = sample.labelTokens()[sample.labelTokens().length - 1];
        assertThat(decode(sample, last + 1, sample.tokens().length)).doesNotContain("user");
    }

    @Test
    void theLineThatIsNotJsonIsNamed() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i < 4711; i++) {
            lines.append(i == 17 ? "\n" : question(CONTEXT + i, "yes"));
        }
        assertRefused(lines + "{\"context\": \"cut o", "train: not valid JSON at column 19 (", " line 4711");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1] | not a JSON object",
                "{\"context\": \"a\", \"question\": \"b\"} | 'answer' is missing",
                "{\"context\": 3, \"question\": \"b\", \"answer\": \"c\"} | 'context' is not a string",
                "{\"question\": \"b\", \"answer\": \"c\"} | 'context' is missing",
                "{\"context\": \"a\", \"questions\": []} | 'questions' is empty",
                "{\"context\": \"a\", \"questions\": [4]} | 'question' is missing",
                "{\"messages\": []} | 'messages' must end with one of the user and one of the assistant",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} | 'messages' must end with",
                "{\"messages\": [{\"role\": \"user\"}]} | 'content' is missing",
                "{\"context\": \"a\"} {} | not valid JSON"
            })
    void otherFieldsAreNamed(String line, String message) throws IOException {
        assertRefused(question(CONTEXT, "yes") + line, "train: " + message, " line 2");
    }

    @Test
    void whatCannotBeTrainedOnIsLeftOutAndCounted() throws IOException {
        String good = question(CONTEXT, "yes");
        TrainingData data = read(
                LabelTokens.QUESTION_AND_ANSWER,
                good
                        + question(CONTEXT, " ")
                        + good
                        + question(CONTEXT + " ".repeat(3), "yes")
                        + question("a b", "no")
                        + question(CONTEXT, "the ".repeat(40))
                        + question((CONTEXT + " ").repeat(30), "no"));
        Path file = directory.resolve("train.jsonl");
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.left())
                .isEqualTo("1 empty answer (first: " + file + " line 2), 1 answer too long (first: " + file
                        + " line 6), 1 context too short (first: " + file + " line 5), 1 sample too long (first: "
                        + file + " line 7), 2 duplicate (first: " + file + " line 3)");
    }

    @Test
    void nothingToTrainOnIsAnError() throws IOException {
        assertRefused(
                question("a b", "no"),
                "train: no sample to train on, left out: 1 context too short (first: ",
                "train.jsonl");
        assertRefused("", "train: no sample to train on: ", "train.jsonl");
    }

    @Test
    void anEpochShowsEverySampleOnceInAnOrderOfItsOwn() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(question(CONTEXT + " " + i, "yes"));
        }
        TrainingData data = read(LabelTokens.ANSWER, lines.toString());
        List<String> first = order(data, 0, 5);
        assertThat(new HashSet<>(first)).hasSize(20);
        assertThat(order(data, 0, 5)).isEqualTo(first);
        assertThat(order(data, 1, 5)).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
        assertThat(order(data, 0, 6)).isNotEqualTo(first);
        assertThat(data.hash())
                .isNotEqualTo(read(LabelTokens.ANSWER, lines + question(CONTEXT, "no"))
                        .hash());
    }

    private static List<String> order(TrainingData data, int epoch, long seed) {
        return IntStream.range(0, 20)
                .mapToObj(i -> data.at(epoch * 20 + i, seed).source())
                .toList();
    }

    private static String question(String context, String answer) {
        return "{\"context\": \"" + context + "\", \"question\": \"which box?\", \"answer\": \"" + answer + "\"}\n";
    }

    private TrainingData read(LabelTokens labels, String lines) throws IOException {
        return read(labels, lines, false);
    }

    private TrainingData read(LabelTokens labels, String lines, boolean questionFirst) throws IOException {
        Path file = Files.write(directory.resolve("train.jsonl"), lines.getBytes(StandardCharsets.UTF_8));
        return TrainingData.read(
                List.of(file), new SampleEncoder(text.tokenizer(), text.template(), labels), LIMITS, questionFirst);
    }

    private void assertRefused(String lines, String begin, String end) {
        assertThatThrownBy(() -> read(LabelTokens.QUESTION_AND_ANSWER, lines))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TRAINING_DATA))
                .hasMessageStartingWith(begin)
                .hasMessageEndingWith(end);
    }

    private String decode(TrainingSample sample, int begin, int end) {
        return text.tokenizer().decode(Arrays.copyOfRange(sample.tokens(), begin, end), true);
    }

    private String labels(TrainingSample sample) {
        Set<Integer> places = new HashSet<>();
        int[] ids = Arrays.stream(sample.labelTokens())
                .peek(place -> assertThat(places.add(place)).isTrue())
                .map(place -> sample.tokens()[place])
                .toArray();
        return text.tokenizer().decode(ids, true);
    }
}
