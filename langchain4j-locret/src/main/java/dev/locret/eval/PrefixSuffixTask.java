package dev.locret.eval;

import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** SCBench's retrieval by prefix and suffix: a list of random strings, some of which are asked for by their ends. */
final class PrefixSuffixTask implements Task {
    private static final String INTRODUCTION = "The following is a list of strings, one a line.\n\n";
    private static final int LENGTH = 20;
    private static final int SHOWN = 6;
    /** Random letters are one to three in a token. */
    private static final int MAX_TOKENS = 30;

    private final String name;
    private final int questions;
    private final TokenCount count;

    /**
     * @param questions strings that are asked for, each in a question of its own
     */
    PrefixSuffixTask(String name, int questions, TokenCount count) {
        this.name = name;
        this.questions = questions;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        List<String> strings = new ArrayList<>();
        int total = count.of(INTRODUCTION);
        while (total < tokens || strings.size() < questions) {
            // 26^12 pairs of ends: two strings that share theirs are not met.
            strings.add(Draws.letters(LENGTH, 'a', random));
            total += count.of(strings.get(strings.size() - 1)) + 1;
        }
        int[] order = Draws.permutation(strings.size(), random);
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            String string = strings.get(order[i]);
            String question = "Which string of the list starts with \"" + string.substring(0, SHOWN)
                    + "\" and ends with \"" + string.substring(LENGTH - SHOWN) + "\"?";
            queries.add(new Query(
                    "prefix-suffix",
                    question,
                    List.of(string),
                    Scorer.CONTAINS,
                    (order[i] + 0.5) / strings.size(),
                    MAX_TOKENS,
                    Query.PARAGRAPH));
        }
        return new Item(INTRODUCTION + String.join("\n", strings), queries, null);
    }
}
