package dev.locret.cache;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the entries of all KV heads of a model are divided among them; there are as many of them in each way. */
public enum BudgetAllocation {
    /** The budget for every KV head of every layer: the paper. */
    UNIFORM,
    /**
     * A layer's KV heads share their budgets: the best entries of all of them stay, of each head at least a fifth and at
     * most twice the budget (after Feng et al., <em>Ada-KV</em>, arXiv 2407.11550).
     */
    POOLED,
    /**
     * Falls evenly from one and a half times the budget in the first layer to half of it in the last (after Cai et al.,
     * <em>PyramidKV</em>, arXiv 2406.02069).
     */
    PYRAMID;

    /** The allocation of that name, in small letters. */
    public static BudgetAllocation of(String name) {
        for (BudgetAllocation allocation : values()) {
            if (allocation.toString().equals(name)) {
                return allocation;
            }
        }
        List<String> names = Arrays.stream(values()).map(Object::toString).toList();
        throw new LocretException(
                ErrorId.INVALID_ARGUMENT,
                "unknown budget-allocation: budget-allocation=" + name + ", allowed=" + String.join(", ", names));
    }

    /** Budget of each KV head of a layer, before heads share. */
    int ofLayer(int budget, int layer, int layers) {
        if (this != PYRAMID || layers == 1) {
            return budget;
        }
        // Division rounds towards zero on both sides of the middle, so layers pair up and the total is exact.
        return budget + (int) ((long) (budget / 2) * (layers - 1 - 2 * layer) / (layers - 1));
    }

    /** The smallest budget of a layer. */
    int least(int budget) {
        return this == PYRAMID ? budget - budget / 2 : budget;
    }

    /** Most entries that any KV head keeps. */
    int most(int budget) {
        return switch (this) {
            case UNIFORM -> budget;
            case POOLED -> Math.multiplyExact(2, budget);
            case PYRAMID -> Math.addExact(budget, budget / 2);
        };
    }

    /** The largest budget of which no KV head keeps more than {@code entries}. */
    public int largestBudget(int entries) {
        return switch (this) {
            case UNIFORM -> entries;
            case POOLED -> entries / 2;
            case PYRAMID -> (int) ((2L * entries + 1) / 3);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
