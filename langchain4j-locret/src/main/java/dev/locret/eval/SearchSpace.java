package dev.locret.eval;

import dev.locret.common.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * What is tried: every combination of these. The first of each list is the plain one.
 *
 * @param policies eviction policies that drop something
 * @param budgets entries kept per KV head
 * @param chunkSizes tokens read at a time
 * @param allocations ways to divide budgets
 * @param pinnedTokens numbers of first tokens that stay
 * @param recentShares shares of the budget for the last entries
 * @param scorePoolings widths of the maximum over neighbouring scores
 * @param cacheTypes how keys and values are held
 */
public record SearchSpace(
        List<String> policies,
        List<Integer> budgets,
        List<Integer> chunkSizes,
        List<String> allocations,
        List<Integer> pinnedTokens,
        List<Double> recentShares,
        List<Integer> scorePoolings,
        List<String> cacheTypes) {
    /** The default budgets: the first holds the longest prompt whole, each further one half as much. */
    private static final int HALVINGS = 5;

    private static final int LEAST = 64;

    /**
     * @throws dev.locret.common.LocretException ({@code invalid-argument}) for policy {@code none}
     */
    public SearchSpace {
        Checks.argument(
                !policies.contains(Plan.FULL),
                () -> "tune: full attention is measured beside the candidates, a budget as large as the documents drops"
                        + " nothing either: policy=" + Plan.FULL);
    }

    /** Powers of two, from the first that holds {@code longest} tokens down. */
    public static List<Integer> budgetsFor(int longest) {
        List<Integer> budgets = new ArrayList<>();
        int budget = Math.max(LEAST, Integer.highestOneBit(Math.max(1, longest - 1)) << 1);
        for (int i = 0; i <= HALVINGS && budget >= LEAST; i++) {
            budgets.add(budget);
            budget /= 2;
        }
        return budgets;
    }

    /**
     * All candidates, each once. Where the budget holds every prompt whole, so that nothing is dropped and the rest does
     * not matter, only the plain one.
     *
     * @param longest tokens of the longest prompt with its answer
     */
    List<Candidate> candidates(int longest) {
        List<Candidate> candidates = new ArrayList<>();
        for (int budget : budgets) {
            for (int chunk : chunkSizes) {
                if (budget >= longest) {
                    candidates.add(plain(budget, chunk));
                } else {
                    add(budget, chunk, candidates);
                }
            }
        }
        return candidates.stream().distinct().toList();
    }

    private void add(int budget, int chunk, List<Candidate> candidates) {
        for (String policy : policies) {
            for (String allocation : allocations) {
                for (int pinned : pinnedTokens) {
                    for (double recent : recentShares) {
                        for (int pooling : scorePoolings) {
                            for (String type : cacheTypes) {
                                candidates.add(new Candidate(
                                        policy, budget, chunk, allocation, pinned, recent, pooling, type));
                            }
                        }
                    }
                }
            }
        }
    }

    private Candidate plain(int budget, int chunk) {
        return new Candidate(
                policies.get(0),
                budget,
                chunk,
                allocations.get(0),
                pinnedTokens.get(0),
                recentShares.get(0),
                scorePoolings.get(0),
                cacheTypes.get(0));
    }

    /** Whether every setting but the budget is the first of its list. */
    boolean isPlain(Candidate candidate) {
        return candidate.equals(plain(candidate.budget(), chunkSizes.get(0)));
    }

    /** In how many settings two candidates differ. */
    static int distance(Candidate one, Candidate other) {
        return (one.policy().equals(other.policy()) ? 0 : 1)
                + (one.budget() == other.budget() ? 0 : 1)
                + (one.chunkSize() == other.chunkSize() ? 0 : 1)
                + (one.allocation().equals(other.allocation()) ? 0 : 1)
                + (one.pinnedTokens() == other.pinnedTokens() ? 0 : 1)
                + (one.recentShare() == other.recentShare() ? 0 : 1)
                + (one.scorePooling() == other.scorePooling() ? 0 : 1)
                + (one.cacheType().equals(other.cacheType()) ? 0 : 1);
    }
}
