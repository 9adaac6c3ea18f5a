package dev.locret.cache;

import dev.locret.common.Checks;

/**
 * How a budget is spent; its size stays the same. Everything off is the paper.
 *
 * @param recentShare share of the budget for the last entries, which every eviction keeps, that after the final chunk too;
 *     0 for none, below 1
 */
public record Retention(double recentShare) {
    /** The paper's: scores alone decide. */
    public static final Retention PAPER = new Retention(0);

    public Retention {
        Checks.argument(
                recentShare >= 0 && recentShare < 1,
                () -> "recent-share out of range: recent-share=" + recentShare + ", allowed=0 up to, but not, 1");
    }

    /** Last entries that stay of a budget. */
    public int recent(int budget) {
        return (int) (recentShare * budget);
    }
}
