package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.generate.grammar.TextAutomaton.Edge;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/** Multiples: of a whole number, or of 0.1, 0.01 and so on, which is a limit on digits behind the point. */
final class NumberSteps {
    private static final int MAX_STEP = 1000;

    private final BigDecimal step;
    private final Budget budget;

    NumberSteps(BigDecimal step, Budget budget) {
        this.step = step;
        this.budget = budget;
    }

    /**
     * @param text numbers within their bounds, by whether they are integers
     */
    Node node(boolean integer, Function<Boolean, Regex> text, JsonNode schema, String path) {
        BigDecimal plain = step.stripTrailingZeros();
        boolean unit = plain.signum() > 0 && plain.unscaledValue().intValue() == 1 && plain.precision() == 1;
        if (unit && plain.scale() >= 0) {
            boolean whole = integer || plain.scale() == 0;
            TextAutomaton numbers = RegexCompiler.whole(text.apply(whole), budget);
            if (whole) {
                return numbers.bare(budget);
            }
            Regex rounded = RegexParser.parse("-?\\d+(\\.\\d{1," + plain.scale() + "})?");
            return numbers.intersect(RegexCompiler.whole(rounded, budget), budget)
                    .bare(budget);
        }
        if (plain.signum() <= 0 || plain.scale() > 0 || plain.compareTo(BigDecimal.valueOf(MAX_STEP)) > 0) {
            throw SchemaErrors.unsupported(path, schema, "multipleOf");
        }
        return RegexCompiler.whole(text.apply(true), budget)
                .intersect(multiples(plain.intValueExact()), budget)
                .bare(budget);
    }

    /** States: the beginning, then the remainders. */
    private static TextAutomaton multiples(int step) {
        List<List<Edge>> edges = new ArrayList<>();
        for (int state = -1; state < step; state++) {
            int remainder = Math.max(0, state);
            List<Edge> out = new ArrayList<>();
            if (state < 0) {
                out.add(new Edge('-', '-', 0));
            }
            for (int digit = 0; digit < 10; digit++) {
                out.add(new Edge('0' + digit, '0' + digit, 1 + (remainder * 10 + digit) % step));
            }
            edges.add(out);
        }
        BitSet accepting = new BitSet();
        accepting.set(1);
        return new TextAutomaton(edges, accepting);
    }
}
