package dev.locret.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Mean scores by how deep in the document the answer stands: one map for a task, a length and a policy. */
final class DepthMap {
    static final int BANDS = 10;

    private final Map<Integer, double[]> sums = new LinkedHashMap<>();
    private final Map<Integer, int[]> counts = new LinkedHashMap<>();

    /** Maps by title; a column for each budget, full attention under every policy. */
    static Map<String, DepthMap> of(List<Outcome> outcomes) {
        Map<String, DepthMap> maps = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome.budget() != 0) {
                maps.computeIfAbsent(title(outcome, outcome.policy()), t -> new DepthMap());
            }
        }
        for (Outcome outcome : outcomes) {
            for (String policy :
                    outcomes.stream().map(Outcome::policy).distinct().toList()) {
                DepthMap map = maps.get(title(outcome, policy));
                if (map != null && (outcome.budget() == 0 || outcome.policy().equals(policy))) {
                    outcome.answers().stream().filter(a -> a.depth() >= 0).forEach(a -> map.add(outcome.budget(), a));
                }
            }
        }
        maps.values().removeIf(map -> map.sums.isEmpty());
        return maps;
    }

    private static String title(Outcome outcome, String policy) {
        return outcome.task() + ", " + outcome.length() + " tokens, " + policy;
    }

    private void add(int budget, Outcome.Answer answer) {
        int band = Math.min(BANDS - 1, (int) (answer.depth() * BANDS));
        sums.computeIfAbsent(budget, b -> new double[BANDS])[band] += answer.score();
        counts.computeIfAbsent(budget, b -> new int[BANDS])[band]++;
    }

    /** Budgets, 0 for full attention. */
    List<Integer> budgets() {
        return List.copyOf(sums.keySet());
    }

    /** The mean score, or NaN if nothing was asked there. */
    double score(int budget, int band) {
        return sums.get(budget)[band] / counts.get(budget)[band];
    }
}
