package dev.locret.eval;

import dev.locret.corpus.Haystack;
import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** RULER's variable tracking: a value is handed from variable to variable; all that hold it are asked for. */
final class VariableTask implements Task {
    static final String NAME = "variable-tracking";

    private static final String INTRODUCTION =
            "Memorize and track the chain(s) of variable assignment hidden in the following text.";
    private static final int HOPS = 4;
    private static final int LETTERS = 5;
    private static final int MAX_TOKENS = 60;

    private final TokenCount count;

    VariableTask(TokenCount count) {
        this.count = count;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        String value = String.valueOf(random.nextInt(10_000, 100_000));
        Set<String> drawn = new LinkedHashSet<>();
        while (drawn.size() <= HOPS) {
            drawn.add(Draws.letters(LETTERS, 'A', random));
        }
        List<String> variables = List.copyOf(drawn);
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i <= HOPS; i++) {
            String from = i == 0 ? value : "VAR " + variables.get(i - 1);
            assignments.add("VAR " + variables.get(i) + " = " + from);
        }
        int hidden = assignments.stream().mapToInt(a -> count.of(a) + 1).sum();
        Haystack haystack = new Haystack(Noise.paragraphs(tokens - hidden - count.of(INTRODUCTION), count));
        double[] depths = random.doubles(HOPS + 1).sorted().toArray();
        // In their order: from the last to the first, since each stands before what is there.
        for (int i = HOPS; i >= 0; i--) {
            haystack.hide(assignments.get(i), depths[i]);
        }
        String question = "Find all variables that are assigned the value " + value + " in the text above.";
        Query query = new Query(
                NAME,
                question,
                variables,
                Scorer.CONTAINS_ALL,
                Arrays.stream(depths).average().orElse(-1),
                MAX_TOKENS,
                Query.PARAGRAPH);
        return new Item(INTRODUCTION + "\n\n" + haystack.text(), List.of(query), null);
    }
}
