package dev.locret.cache;

import dev.locret.common.Checks;

/**
 * How a budget is spent; its size stays the same. Everything off is the paper.
 *
 * @param recentShare share of the budget for the last entries, which every eviction keeps, that after the final chunk too;
 *     0 for none, below 1
 * @param allocation how budgets are divided among layers and heads
 * @param valueNorm whether scores are combined with the norm of what a value adds to the output, {@code ‖W_O v‖}
 * @param mergeEvicted whether values that are dropped are merged into those of the nearest keys that stay
 */
public record Retention(double recentShare, BudgetAllocation allocation, boolean valueNorm, boolean mergeEvicted) {
    /** The paper's: scores alone decide, every KV head has the same budget. */
    public static final Retention PAPER = new Retention(0, BudgetAllocation.UNIFORM, false);

    /** Heads that share their budgets have at least one part in so many of their own (Ada-KV's safeguard). */
    private static final int SAFEGUARD = 5;

    public Retention {
        Checks.argument(
                recentShare >= 0 && recentShare < 1,
                () -> "recent-share out of range: recent-share=" + recentShare + ", allowed=0 up to, but not, 1");
    }

    /** One that drops entries without a trace. */
    public Retention(double recentShare, BudgetAllocation allocation, boolean valueNorm) {
        this(recentShare, allocation, valueNorm, false);
    }

    /** Entries that a head keeps at least where heads share their budgets. */
    public int least(int budget) {
        return budget / SAFEGUARD;
    }

    /** Last entries that stay of a budget. */
    public int recent(int budget) {
        return (int) (recentShare * budget);
    }
}
