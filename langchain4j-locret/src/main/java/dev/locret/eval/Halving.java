package dev.locret.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToLongFunction;

/**
 * Successive halving, by thirds: candidates are compared on a few documents, the best third on three times as many, until
 * few are left, which are measured on all.
 */
final class Halving {
    private static final int PART = 3;

    private final int documents;
    private final int least;
    private final ToDoubleBiFunction<Candidate, Integer> score;
    private final ToLongFunction<Candidate> bytes;

    /**
     * @param documents how many there are
     * @param least with how many the first comparison is made at least
     * @param score measures a candidate on so many documents, the first ones
     * @param bytes memory of a candidate, which decides between equal scores
     */
    Halving(int documents, int least, ToDoubleBiFunction<Candidate, Integer> score, ToLongFunction<Candidate> bytes) {
        this.documents = documents;
        this.least = Math.min(least, documents);
        this.score = score;
        this.bytes = bytes;
    }

    /** Those that come to be measured on all documents, at most three, in no order. */
    List<Candidate> race(List<Candidate> candidates) {
        List<Candidate> left = candidates;
        int rounds = 0;
        for (int size = left.size(); size > PART; size = third(size)) {
            rounds++;
        }
        for (int round = 0; ; round++) {
            int compared = documentsBefore(rounds - round);
            Map<Candidate, Double> scores = new HashMap<>();
            left.forEach(candidate -> scores.put(candidate, score.applyAsDouble(candidate, compared)));
            if (round == rounds) {
                return left;
            }
            List<Candidate> order = new ArrayList<>(left);
            order.sort(
                    Comparator.comparingDouble((Candidate c) -> -scores.get(c)).thenComparingLong(bytes));
            left = order.subList(0, third(order.size()));
        }
    }

    /** With how many documents candidates are compared before so many more rounds. */
    private int documentsBefore(int rounds) {
        int compared = documents;
        for (int i = 0; i < rounds; i++) {
            compared = third(compared);
        }
        return Math.max(compared, least);
    }

    private static int third(int size) {
        return (size + PART - 1) / PART;
    }
}
