package dev.locret.backend.cpu;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What threads without work do between two operations of a decode step: they read the weights of the next product into
 * their own caches, then park. A decode step waits for memory, so this is work that has to be done anyway; and a thread
 * that is at work starts on the next operation at once, where waking a parked one takes as long as a small product.
 *
 * <p>Which product is next is learnt from the step before: the order is the model's and does not change.
 */
final class ReadAhead {
    /** Elements read at a time, between two looks at whether there is other work. */
    private static final int PIECE = 256;
    /** Most elements that a thread reads ahead: an eighth of a second-level cache of 2 MiB. */
    private static final int MOST = 64 * 1024;
    /** Elements of a cache line. */
    private static final int LINE = 16;

    /** The weights of a product and how they are shared out. */
    private record Product(CpuWeight[] weights, int[] panelsPerTask) {}

    private final int threads;
    private final Map<CpuWeight, Product> followers = new IdentityHashMap<>();
    private CpuWeight last;
    private volatile Product next;
    /** Keeps the reads from being optimised away; a line for each thread. */
    private final float[] sums;

    ReadAhead(int threads) {
        this.threads = threads;
        this.sums = new float[threads * LINE];
    }

    /** Called when a product of a decode step begins. */
    void begin(CpuWeight[] weights, int[] panelsPerTask) {
        if (last != null) {
            Product known = followers.get(last);
            if (known == null || known.weights[0] != weights[0]) {
                followers.put(last, new Product(weights, panelsPerTask));
            }
        }
        last = weights[0];
        next = followers.get(last);
    }

    /** Called when something else than a decode step runs: there is nothing to read ahead. */
    void pause() {
        last = null;
        next = null;
    }

    /**
     * Reads one piece of a thread's share.
     *
     * @param piece pieces that the thread has read since it was out of work
     * @return false if there is none left
     */
    boolean read(int thread, int piece) {
        Product product = next;
        if (product == null || piece >= MOST / PIECE) {
            return false;
        }
        int at = piece * PIECE;
        int task = 0;
        for (int i = 0; i < product.weights.length; i++) {
            CpuWeight weight = product.weights[i];
            int panels = product.panelsPerTask[i];
            for (int panel = 0; panel < weight.panels(); panel += panels, task++) {
                int size = Math.min(panels, weight.panels() - panel) * weight.panelWords();
                if (task % threads != thread) {
                    continue;
                }
                if (at < size) {
                    sums[thread * LINE] += touch(weight, panel * weight.panelWords() + at);
                    return true;
                }
                at -= (size + PIECE - 1) / PIECE * PIECE;
            }
        }
        return false;
    }

    private static float touch(CpuWeight weight, int from) {
        float sum = 0;
        if (weight.words() != null) {
            int to = Math.min(weight.words().length, from + PIECE);
            for (int i = from; i < to; i += LINE) {
                sum += weight.words()[i];
            }
        } else {
            int to = Math.min(weight.floats().length, from + PIECE);
            for (int i = from; i < to; i += LINE) {
                sum += weight.floats()[i];
            }
        }
        return sum;
    }
}
