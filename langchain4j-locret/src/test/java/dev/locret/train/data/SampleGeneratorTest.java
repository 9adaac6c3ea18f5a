package dev.locret.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleGeneratorTest {
    private static final TokenCount COUNT = TokenCount.estimate();
    private static final Corpus CORPUS = Corpus.of(List.of(IntStream.range(0, 300)
            .mapToObj(i -> "They went down to the sea for the " + i + "th time on that day in the year of the storm. "
                    + "Nobody knew why they did so, and nobody ever asked them about it, not even the old women.")
            .collect(Collectors.joining("\n\n"))));

    @TempDir
    private Path directory;

    private static SampleGenerator generator(long seed) {
        return new SampleGenerator(CORPUS, COUNT, new SampleOptions(500, 1500, 0, seed));
    }

    @Test
    void samplesHaveTheWantedLengthAndSeveralQuestions() {
        for (int i = 0; i < 60; i++) {
            Sample sample = generator(1).sample(i);
            int tokens = COUNT.of(sample.context())
                    + sample.questions().stream()
                            .mapToInt(q -> COUNT.of(q.question()) + COUNT.of(q.answer()))
                            .sum();
            assertThat(tokens).as("sample %s", i).isBetween(350, 1500);
            assertThat(sample.questions()).hasSizeBetween(1, 8);
        }
    }

    @Test
    void everyQuestionCanBeAnsweredFromItsContext() {
        for (int i = 0; i < 60; i++) {
            Sample sample = generator(2).sample(i);
            for (Sample.Question question : sample.questions()) {
                // The words of an answer that are not those of the question stand in the context.
                String context = sample.context() + " " + question.question();
                for (String word : question.answer().split("[^\\p{L}\\p{N}]+")) {
                    boolean framing = List.of("one", "should", "ask", "about", "said", "that", "means", "word")
                            .contains(word);
                    if (word.matches("\\d{3,}|[A-Z]{2}|\\p{Lu}\\p{L}+") && !framing) {
                        assertThat(context).containsIgnoringCase(word);
                    }
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameSamplesAndAnotherOthers() {
        assertThat(generator(1).sample(5)).isEqualTo(generator(1).sample(5));
        assertThat(generator(1).sample(5)).isNotEqualTo(generator(1).sample(6));
        assertThat(generator(2).sample(5)).isNotEqualTo(generator(1).sample(5));
    }

    @Test
    void samplesAreOfManyKinds() {
        String all = IntStream.range(0, 100)
                .mapToObj(i -> generator(3).sample(i))
                .flatMap(s -> s.questions().stream())
                .map(Sample.Question::question)
                .collect(Collectors.joining("\n"));
        assertThat(all)
                .contains("special magic number", "the table give", "Quote the sentence", "Who said:", "the word \"")
                .contains("In which city does", "Who invented the");
    }

    @Test
    void aShareIsTextAlone() throws IOException {
        SampleGenerator generator = new SampleGenerator(CORPUS, COUNT, new SampleOptions(500, 1500, 25, 1));
        List<Sample> texts = IntStream.range(0, 200)
                .mapToObj(generator::sample)
                .filter(sample -> sample.questions().isEmpty())
                .toList();
        assertThat(texts).hasSizeBetween(35, 65);
        assertThat(texts)
                .allSatisfy(text -> assertThat(COUNT.of(text.context())).isBetween(440, 1500));
        Path file = directory.resolve("train.jsonl");
        SampleFile.write(file, new SampleGenerator(CORPUS, COUNT, new SampleOptions(500, 1500, 100, 1)), 2, done -> {});
        assertThat(Files.readAllLines(file)).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("{\"text\":\"They went"));
        assertThatThrownBy(() -> new SampleOptions(500, 1500, 101, 1))
                .hasMessage("texts out of range: texts=101, allowed=0..100");
    }

    @Test
    void writesAFileWholeOrNotAtAll() throws IOException {
        Path file = directory.resolve("train.jsonl");
        SampleFile.write(file, generator(1), 3, done -> {});
        assertThat(Files.readAllLines(file)).hasSize(3).allSatisfy(line -> assertThat(line)
                .startsWith("{\"context\":\"")
                .contains("\"questions\":[{\"question\":\""));
        assertThat(directory).isDirectoryNotContaining("glob:**.part");

        Path nowhere = directory.resolve("none").resolve("train.jsonl");
        assertThatThrownBy(() -> SampleFile.write(nowhere, generator(1), 3, done -> {}))
                .hasFieldOrPropertyWithValue("id", ErrorId.FILE_NOT_WRITABLE)
                .hasMessageStartingWith("train-data: not written (java.nio.file.NoSuchFileException")
                .hasMessageEndingWith(nowhere.toString());
    }

    @Test
    void refusesSamplesTooShortForTheirFacts() {
        assertThatThrownBy(() -> new SampleOptions(100, 1500, 0, 1))
                .hasMessage("min-tokens out of range: min-tokens=100, allowed=300..16777216");
        assertThatThrownBy(() -> new SampleOptions(1000, 900, 0, 1))
                .hasMessage("max-tokens out of range: max-tokens=900, allowed=1000..16777216");
    }
}
