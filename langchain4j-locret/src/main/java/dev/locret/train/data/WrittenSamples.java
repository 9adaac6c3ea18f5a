package dev.locret.train.data;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Makes samples of excerpts about which a model has asked and answered. A sample depends on its number, the seed and the
 * questions of the samples before it.
 */
public final class WrittenSamples {
    private static final int MIN_QUESTIONS = 3;
    private static final int MAX_QUESTIONS = 6;
    /** Tokens of the text for each question. */
    private static final int TOKENS_PER_QUESTION = 150;
    /** Tokens that are left for a question and its answer. */
    private static final int ROOM = 60;
    /** Characters of a paragraph that there is something to ask about. */
    private static final int MIN_PASSAGE = 120;

    private final Corpus corpus;
    private final TokenCount count;
    private final SampleOptions options;
    private final QuestionWriter writer;

    /**
     * @param model who writes
     */
    public WrittenSamples(Corpus corpus, TokenCount count, SampleOptions options, TextModel model) {
        this.corpus = corpus;
        this.count = count;
        this.options = options;
        this.writer = new QuestionWriter(model);
    }

    /** Tells of a sample that was made before: nothing is asked twice. */
    void known(Sample sample) {
        sample.questions().forEach(question -> writer.known(question.question()));
    }

    /** What was left out so far and why, in words. */
    public String leftOut() {
        return writer.rejected().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    /** A sample by its number, with as many questions as were fit to be kept, possibly none. */
    Sample sample(int index) {
        long seed = options.seed() * 1_000_003L + index;
        Random random = new Random(seed);
        int tokens = random.nextInt(options.minTokens(), options.maxTokens() + 1);
        int wanted = Math.min(random.nextInt(MIN_QUESTIONS, MAX_QUESTIONS + 1), tokens / TOKENS_PER_QUESTION);
        List<String> paragraphs = corpus.excerpt(tokens - wanted * ROOM, count, random);
        List<String> passages = paragraphs.stream()
                .filter(p -> p.length() >= MIN_PASSAGE)
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(passages, random);
        List<Sample.Question> questions = new ArrayList<>();
        int room = options.maxTokens()
                - paragraphs.stream().mapToInt(p -> count.of(p) + 1).sum();
        for (String passage : passages.subList(0, Math.min(passages.size(), 2 * wanted))) {
            if (questions.size() < wanted && room >= ROOM) {
                long draw = random.nextLong();
                for (Sample.Question question :
                        writer.ask(passage, draw).stream().toList()) {
                    questions.add(question);
                    room -= count.of(question.question()) + count.of(question.answer());
                }
            }
        }
        return new Sample(String.join("\n\n", paragraphs), questions);
    }
}
