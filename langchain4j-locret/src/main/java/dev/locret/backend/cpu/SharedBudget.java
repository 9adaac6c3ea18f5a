package dev.locret.backend.cpu;

import dev.locret.backend.EvictionSpec.Sharing;

/** Divides the sum of a layer's budgets among its KV heads, so that the best entries of all of them stay. */
final class SharedBudget {
    private final TopSelection[] heads;
    private final int[] least;
    private final int[] most;

    /**
     * @param heads scores of the entries of each KV head; forced ones are infinite
     * @param forced how many of each head are
     */
    SharedBudget(TopSelection[] heads, int[] forced, Sharing sharing) {
        this.heads = heads;
        this.least = new int[heads.length];
        this.most = new int[heads.length];
        for (int head = 0; head < heads.length; head++) {
            most[head] = Math.min(sharing.most(), heads[head].size());
            least[head] = Math.min(most[head], Math.max(sharing.least(), forced[head]));
        }
    }

    /**
     * The number of entries that each head keeps, {@code total} in all if there are as many. A score is found by bisection
     * above which there are too few entries and from which on there are enough; among equal ones the first heads have
     * precedence.
     */
    int[] divide(long total) {
        long low = Integer.MIN_VALUE;
        long high = Integer.MAX_VALUE;
        while (low < high) {
            long middle = Math.floorDiv(low + high + 1, 2L);
            boolean enough = sum((int) middle) >= total;
            low = enough ? middle : low;
            high = enough ? high : middle - 1;
        }
        int[] counts = new int[heads.length];
        long missing = total;
        for (int head = 0; head < counts.length; head++) {
            // Nothing is above the highest of all scores.
            counts[head] = low == Integer.MAX_VALUE ? least[head] : count(head, (int) low + 1);
            missing -= counts[head];
        }
        for (int head = 0; head < counts.length && missing > 0; head++) {
            int more = (int) Math.min(missing, count(head, (int) low) - counts[head]);
            counts[head] += more;
            missing -= more;
        }
        return counts;
    }

    private long sum(int threshold) {
        long sum = 0;
        for (int head = 0; head < heads.length; head++) {
            sum += count(head, threshold);
        }
        return sum;
    }

    private int count(int head, int threshold) {
        return Math.max(least[head], Math.min(most[head], heads[head].countFrom(threshold)));
    }
}
