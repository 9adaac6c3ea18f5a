package dev.locret.eval;

import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** RULER's frequent words: coded words whose numbers follow Zipf's law; the three most frequent are asked for. */
final class FrequentWordsTask implements Task {
    static final String NAME = "frequent-words";

    private static final String INTRODUCTION =
            "Read the following coded text and track the frequency of each coded word."
                    + " Find the three most frequently appeared coded words.";
    private static final String QUESTION = "Do not provide any explanation. Please ignore the dots '....'. What are the"
            + " three most frequently appeared words in the above coded text?";
    private static final double EXPONENT = 2;
    private static final int VOCABULARY = 50;
    private static final int LETTERS = 6;
    private static final int ASKED = 3;
    private static final int MAX_TOKENS = 50;

    private final TokenCount count;

    FrequentWordsTask(TokenCount count) {
        this.count = count;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        List<String> vocabulary = new ArrayList<>();
        while (vocabulary.size() < VOCABULARY) {
            String word = Draws.letters(LETTERS, 'a', random);
            if (!vocabulary.contains(word)) {
                vocabulary.add(word);
            }
        }
        // The most frequent of all are dots, which do not count.
        vocabulary.set(0, "....");
        double unit = 0;
        for (int rank = 1; rank <= VOCABULARY; rank++) {
            unit += tokensOf(vocabulary.get(rank - 1)) / Math.pow(rank, EXPONENT);
        }
        // The first three stand apart by their ranks, whatever is rounded.
        double scale = Math.max(2 * ASKED * ASKED, (tokens - count.of(INTRODUCTION)) / unit);
        List<String> text = new ArrayList<>();
        for (int rank = 1; rank <= VOCABULARY; rank++) {
            int times = (int) Math.round(scale / Math.pow(rank, EXPONENT));
            text.addAll(Collections.nCopies(times, vocabulary.get(rank - 1)));
        }
        Collections.shuffle(text, new Random(random.nextLong()));
        Query query = new Query(
                        NAME,
                        QUESTION,
                        List.copyOf(vocabulary.subList(1, 1 + ASKED)),
                        Scorer.CONTAINS_ALL,
                        -1,
                        MAX_TOKENS,
                        Query.PARAGRAPH)
                .opened("According to the coded text above, the three most frequently appeared words are:");
        return new Item(INTRODUCTION + "\n\n" + String.join(" ", text), List.of(query), null);
    }

    /** Tokens of a word in a row of words, on average. */
    private double tokensOf(String word) {
        int words = 20;
        return count.of((" " + word).repeat(words)) / (double) words;
    }
}
