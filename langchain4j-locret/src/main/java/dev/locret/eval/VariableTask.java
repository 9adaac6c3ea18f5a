package dev.locret.eval;

import dev.locret.corpus.Haystack;
import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * RULER's variable tracking: a value is handed from variable to variable; all that hold it are asked for.
 * SCBench hides several chains and asks for each.
 */
final class VariableTask implements Task {
    static final String NAME = "variable-tracking";

    private static final String INTRODUCTION =
            "Memorize and track the chain(s) of variable assignment hidden in the following text.";
    private static final int HOPS = 4;
    private static final int LETTERS = 5;
    private static final int MAX_TOKENS = 60;

    private final String name;
    private final int chains;
    private final TokenCount count;

    /** An assignment and where in the text it stands. */
    private record Hidden(String assignment, double depth) {}

    /**
     * @param chains values, each asked for in a question of its own
     */
    VariableTask(String name, int chains, TokenCount count) {
        this.name = name;
        this.chains = chains;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        Set<String> drawn = new LinkedHashSet<>();
        List<String> values = new ArrayList<>();
        List<List<String>> variables = new ArrayList<>();
        List<String> assignments = new ArrayList<>();
        for (int chain = 0; chain < chains; chain++) {
            values.add(value(values, random));
            variables.add(variables(drawn, random));
            assignments.addAll(assignments(values.get(chain), variables.get(chain)));
        }
        int hidden = assignments.stream().mapToInt(a -> count.of(a) + 1).sum();
        Haystack haystack = new Haystack(Noise.paragraphs(tokens - hidden - count.of(INTRODUCTION), count));
        List<Hidden> places = new ArrayList<>();
        List<Query> queries = new ArrayList<>();
        for (int chain = 0; chain < chains; chain++) {
            double[] depths = random.doubles(HOPS + 1).sorted().toArray();
            for (int i = 0; i <= HOPS; i++) {
                places.add(new Hidden(assignments.get(chain * (HOPS + 1) + i), depths[i]));
            }
            queries.add(query(values.get(chain), variables.get(chain), depths));
        }
        // From the last to the first, since each stands before what is there: so chains keep their order.
        places.sort(Comparator.comparingDouble(Hidden::depth).reversed());
        places.forEach(place -> haystack.hide(place.assignment, place.depth));
        return new Item(INTRODUCTION + "\n\n" + haystack.text(), queries, null);
    }

    private static String value(List<String> taken, RandomGenerator random) {
        String value;
        do {
            value = String.valueOf(random.nextInt(10_000, 100_000));
        } while (taken.contains(value));
        return value;
    }

    private static List<String> variables(Set<String> drawn, RandomGenerator random) {
        List<String> variables = new ArrayList<>();
        while (variables.size() <= HOPS) {
            String variable = Draws.letters(LETTERS, 'A', random);
            if (drawn.add(variable)) {
                variables.add(variable);
            }
        }
        return variables;
    }

    private static List<String> assignments(String value, List<String> variables) {
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i <= HOPS; i++) {
            String from = i == 0 ? value : "VAR " + variables.get(i - 1);
            assignments.add("VAR " + variables.get(i) + " = " + from);
        }
        return assignments;
    }

    private static Query query(String value, List<String> variables, double[] depths) {
        return new Query(
                        NAME,
                        "Find all variables that are assigned the value " + value + " in the text above.",
                        variables,
                        Scorer.CONTAINS_ALL,
                        Arrays.stream(depths).average().orElse(-1),
                        MAX_TOKENS,
                        Query.PARAGRAPH)
                .opened("According to the chain(s) of variable assignment in the text above, " + variables.size()
                        + " variables are assigned the value " + value + ", they are:");
    }
}
