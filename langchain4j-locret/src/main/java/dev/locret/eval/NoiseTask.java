package dev.locret.eval;

import dev.locret.corpus.Haystack;
import dev.locret.corpus.TokenCount;
import java.util.List;
import java.util.random.RandomGenerator;

/** InfiniteBench's pass key and number string: digits in noise. */
final class NoiseTask implements Task {
    private static final String INTRODUCTION =
            "There is an important info hidden inside a lot of irrelevant text. Find it"
                    + " and memorize them. I will quiz you about the important information there.";
    private static final int MAX_TOKENS = 40;

    private final String name;
    private final String what;
    private final int digits;
    private final boolean doubled;
    private final TokenCount count;

    /**
     * @param what what the digits are called
     * @param digits how many
     * @param doubled whether each digit comes twice, which is harder to repeat
     */
    NoiseTask(String name, String what, int digits, boolean doubled, TokenCount count) {
        this.name = name;
        this.what = what;
        this.digits = digits;
        this.doubled = doubled;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        StringBuilder drawn = new StringBuilder();
        while (drawn.length() < digits) {
            String digit = String.valueOf(random.nextInt(drawn.isEmpty() ? 1 : 0, 10));
            drawn.append(doubled ? digit + digit : digit);
        }
        String value = drawn.toString();
        String needle = "The " + what + " is " + value + ". Remember it. " + value + " is the " + what + ".";
        Haystack haystack = new Haystack(Noise.paragraphs(tokens - count.of(INTRODUCTION) - count.of(needle), count));
        double depth = random.nextDouble();
        haystack.hide(needle, depth);
        Query query = new Query(
                        what.replace(' ', '-'),
                        "What is the " + what + "?",
                        List.of(value),
                        Scorer.CONTAINS,
                        depth,
                        MAX_TOKENS,
                        Query.PARAGRAPH)
                .opened("The " + what + " is");
        return new Item(INTRODUCTION + "\n\n" + haystack.text(), List.of(query), null);
    }
}
