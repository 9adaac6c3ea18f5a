package dev.locret.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ScriptedEngine;
import dev.locret.testing.DemoEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples whose questions and answers a model has written. */
class WrittenSamplesTest {
    private static final String PASSAGE = "The lighthouse keeper of Skerry Point was called Magnus Holm. He kept a grey"
            + " donkey named Trumpet in the boiler room for eleven years.";
    private static final Corpus CORPUS = Corpus.of(List.of(IntStream.range(0, 60)
            .mapToObj(i -> "They went down to the sea for the " + i + "th time on that day in the year of the storm. "
                    + "Nobody knew why they did so, and nobody ever asked them about it, not even the old women.")
            .collect(Collectors.joining("\n\n"))));
    private static final SampleOptions OPTIONS = new SampleOptions(500, 900, 0, 4);
    /** Asks for the number of a passage and finds it; refuses every third. */
    private static final TextModel READER = (message, temperature, seed) -> {
        Matcher number = Pattern.compile("(\\d+)th time").matcher(message);
        assertThat(number.find()).isTrue();
        int value = Integer.parseInt(number.group(1));
        boolean asking = message.contains("Write one short question");
        return asking
                ? value % 3 == 0 ? "I cannot." : "Question: What happened the " + value + "th time?"
                : "They went down to the sea.";
    };

    @TempDir
    private Path directory;

    private final List<Double> temperatures = new ArrayList<>();

    private QuestionWriter writer(String question, String answer) {
        return new QuestionWriter((message, temperature, seed) -> {
            temperatures.add(temperature);
            assertThat(message).startsWith(PASSAGE);
            return message.contains("Write one short question") ? question : answer;
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "What was the name of the donkey? | What was the name of the donkey?",
                "Question: What was the donkey's name? Answer: Trumpet | What was the donkey's name?",
                "1. \"Who kept the donkey?\" | Who kept the donkey?",
                "Sure! Here is one:\\n\\n**Who kept the donkey?** | Who kept the donkey?",
                "Q2) Who kept the donkey? | Who kept the donkey?"
            })
    void findsTheQuestionInWhatTheModelSays(String reply, String question) {
        Sample.Question found = writer(reply.replace("\\n", "\n"), "It was Trumpet, kept by Magnus Holm.")
                .ask(PASSAGE, 1)
                .orElseThrow();
        assertThat(found.question()).isEqualTo(question);
        assertThat(found.answer()).isEqualTo("It was Trumpet, kept by Magnus Holm.");
        // Different questions to texts that are alike, but the likeliest answer to each.
        assertThat(temperatures).containsExactly(0.8, 0.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The donkey was grey. | Trumpet | no question",
                "Why? | Trumpet | no question",
                "What was the name of the donkey? | '' | empty answer",
                "What was the name of the donkey? | The donkey was called Jonathan. | answer not in passage",
                "What was the name of the donkey? | It was there for 12 years. | answer not in passage",
                "What was the name of the donkey? | The name of the donkey was the name. | answer not in passage"
            })
    void whatIsOfNoUseIsLeftOut(String question, String answer, String reason) {
        QuestionWriter writer = writer(question, answer);
        assertThat(writer.ask(PASSAGE, 1)).isEmpty();
        assertThat(writer.rejected().toString()).isEqualTo("{" + reason + "=1}");
    }

    @Test
    void nothingIsAskedTwice() {
        QuestionWriter writer = writer("Who kept the donkey?", "Magnus Holm. He was old.");
        assertThat(writer.ask(PASSAGE, 1).orElseThrow().answer()).isEqualTo("Magnus Holm.");
        assertThat(writer.ask(PASSAGE, 2)).isEmpty();
        assertThat(writer.rejected().toString()).isEqualTo("{duplicate=1}");
    }

    @Test
    void anInterruptedRunGoesOnToTheSameFile() throws IOException {
        Path whole = directory.resolve("whole.jsonl");
        assertThat(write(whole, READER, 12)).isZero();
        List<String> lines = Files.readAllLines(whole);
        assertThat(lines).hasSize(12);
        Set<String> questions = new HashSet<>();
        for (String line : lines) {
            JsonNode sample = new ObjectMapper().readTree(line);
            assertThat(sample.get("questions")).hasSizeBetween(1, 6);
            for (JsonNode question : sample.get("questions")) {
                assertThat(questions.add(question.get("question").asText())).isTrue();
                Matcher number =
                        Pattern.compile("\\d+").matcher(question.get("question").asText());
                assertThat(number.find()).isTrue();
                assertThat(sample.get("context").asText()).contains(" " + number.group() + "th time");
            }
        }

        Path cut = directory.resolve("cut.jsonl");
        String text = Files.readString(whole);
        for (int length : new int[] {0, 10, text.indexOf('\n') + 1, text.length() / 2, text.length() - 1}) {
            Files.writeString(cut, text.substring(0, length));
            int before = (int)
                    text.substring(0, length).chars().filter(c -> c == '\n').count();
            assertThat(write(cut, READER, 12)).isEqualTo(before);
            assertThat(cut).hasContent(text);
        }
        // Nothing is added to what is complete.
        assertThat(write(cut, READER, 12)).isEqualTo(12);
        assertThat(cut).hasSameBinaryContentAs(whole);
    }

    private int write(Path file, TextModel model, int samples) {
        WrittenSamples written = new WrittenSamples(CORPUS, TokenCount.estimate(), OPTIONS, model);
        return new WrittenSampleFile(file, "run 1").write(written, samples, done -> {});
    }

    @Test
    void filesOfOthersAreLeftAlone() throws IOException {
        Path file = directory.resolve("train.jsonl");
        String plain = "{\"context\": \"a\", \"question\": \"b\", \"answer\": \"c\"}\n";
        Files.writeString(file, plain);
        assertRefused(
                file,
                READER,
                ErrorId.CHECKPOINT_MISMATCH,
                "train-data: file holds samples of another run: run=null, now=run 1: " + file + " line 1");
        assertThat(file).hasContent(plain);
        Files.writeString(file, "{\"context\": \"a\", \"questions\": [], \"run\": \"run 2\", \"sample\": 3}\n");
        assertRefused(
                file,
                READER,
                ErrorId.CHECKPOINT_MISMATCH,
                "train-data: file holds samples of another run: run=run 2, now=run 1: " + file + " line 1");
        Files.writeString(file, "no JSON\n");
        assertRefused(file, READER, ErrorId.TRAINING_DATA, "train-data: not a sample (");
    }

    @Test
    void aModelThatWritesNothingIsGivenUp() {
        assertRefused(
                directory.resolve("train.jsonl"),
                (message, temperature, seed) -> "",
                ErrorId.TRAINING_DATA,
                "train-data: the model writes no question that can be trained on: samples in a row=20, left out: ");
    }

    private void assertRefused(Path file, TextModel model, ErrorId id, String message) {
        assertThatThrownBy(() -> write(file, model, 3))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessageStartingWith(message);
    }

    @Test
    void anEngineIsAskedAsAChat() {
        List<String> prompts = new ArrayList<>();
        try (LocretEngine engine = ScriptedEngine.load(prompt -> {
            prompts.add(prompt);
            return List.of("<think>A passage.</think>\n\nWho kept it?");
        })) {
            assertThat(new EngineTextModel(engine).answer("Ask.", 0, 1)).isEqualTo("Who kept it?");
        }
        assertThat(prompts).hasSize(1);
        assertThat(prompts.get(0)).contains("<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void aRealModelWritesWhatItsPassageHolds() {
        QuestionWriter writer = new QuestionWriter(new EngineTextModel(DemoEngine.shared()));
        List<Sample.Question> written = new ArrayList<>();
        for (int seed = 0; seed < 6; seed++) {
            writer.ask(PASSAGE, seed).ifPresent(written::add);
        }
        assertThat(written).isNotEmpty().allSatisfy(question -> {
            assertThat(question.question()).endsWith("?");
            assertThat(question.answer().toLowerCase(Locale.ROOT))
                    .containsAnyOf("magnus", "trumpet", "skerry", "eleven", "boiler", "grey", "donkey", "keeper");
        });
        int left = writer.rejected().values().stream().mapToInt(i -> i).sum();
        assertThat(written.size() + left).isEqualTo(6);
    }
}
