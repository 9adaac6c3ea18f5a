package dev.locret.backend.cpu;

import dev.locret.backend.SamplingSpec;
import java.util.SplittableRandom;

/** Chooses a token from a row of logits, in the order that {@link SamplingSpec} states. */
final class CpuSampler {
    private final float[] logits;

    /**
     * The candidates, ranked: unordered, or a heap with the likeliest at 0 from whose top {@link #taken} candidates were
     * moved to the end, likeliest last.
     */
    private final long[] candidates;

    private int count;
    private int taken;

    CpuSampler(int vocabulary) {
        logits = new float[vocabulary];
        candidates = new long[vocabulary];
    }

    static long bytes(int vocabulary) {
        return 12L * vocabulary;
    }

    /** Returns the token id, or -1 if the row holds NaN or plus infinity. */
    int sample(float[] row, int offset, int vocabulary, SamplingSpec spec) {
        if (!copy(row, offset, vocabulary, spec)) {
            return -1;
        }
        for (int i = 0; i < spec.seenTokens().length; i++) {
            penalise(spec, spec.seenTokens()[i], spec.seenCounts()[i]);
        }
        int best = argmax(vocabulary, spec);
        if (best < 0 || spec.temperature() == 0 || logits[best] == Float.NEGATIVE_INFINITY) {
            return best;
        }
        collect(vocabulary, logits[best], spec);
        return draw(logits[best], spec);
    }

    /** Copies the row; tokens that are not allowed get minus infinity. False if it holds NaN or plus infinity. */
    private boolean copy(float[] row, int offset, int vocabulary, SamplingSpec spec) {
        boolean sound = true;
        for (int i = 0; i < vocabulary; i++) {
            float logit = row[offset + i];
            sound &= logit < Float.POSITIVE_INFINITY;
            logits[i] = logit;
        }
        if (spec.allowed() != null) {
            for (int i = 0; i < vocabulary; i++) {
                if (!spec.allows(i)) {
                    logits[i] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        return sound;
    }

    private void penalise(SamplingSpec spec, int token, int count) {
        float logit = logits[token];
        logit = logit > 0 ? logit / spec.repetitionPenalty() : logit * spec.repetitionPenalty();
        logits[token] = logit - spec.presencePenalty() - spec.frequencyPenalty() * count;
    }

    /** The first of the largest logits of allowed tokens, -1 if penalties made one plus infinity. */
    private int argmax(int vocabulary, SamplingSpec spec) {
        int best = -1;
        for (int i = 0; i < vocabulary; i++) {
            boolean better =
                    best < 0 ? logits[i] > Float.NEGATIVE_INFINITY || spec.allows(i) : logits[i] > logits[best];
            best = better ? i : best;
        }
        return best >= 0 && logits[best] < Float.POSITIVE_INFINITY ? best : -1;
    }

    /** Collects the candidates that the filters leave, in order where a filter needs it. */
    private void collect(int vocabulary, float max, SamplingSpec spec) {
        double floor = spec.minP() > 0 ? max + Math.log(spec.minP()) : Double.NEGATIVE_INFINITY;
        count = 0;
        taken = 0;
        for (int i = 0; i < vocabulary; i++) {
            if (logits[i] >= floor && logits[i] > Float.NEGATIVE_INFINITY) {
                candidates[count++] = rank(logits[i], i);
            }
        }
        boolean limited = spec.topK() > 0 && spec.topK() < count;
        if (limited || spec.topP() < 1) {
            select(limited ? spec.topK() : count, max, spec.topP());
        }
    }

    /** Takes the likeliest from a heap, as many as the filters keep: seldom more than a few dozen of all tokens. */
    private void select(int topK, float max, float topP) {
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i, count);
        }
        double total = 0;
        if (topP < 1) {
            if (topK < count) {
                take(topK);
            }
            for (int i = 0; i < topK; i++) {
                total += Math.exp(logits[token(topK < count ? taken(i) : candidates[i])] - max);
            }
        }
        double mass = 0;
        for (int kept = 1; kept <= topK; kept++) {
            take(kept);
            if (topP < 1) {
                mass += Math.exp(logits[token(taken(kept - 1))] - max) / total;
                if (mass >= topP) {
                    taken = kept;
                    return;
                }
            }
        }
    }

    /** Moves candidates from the heap until so many are taken. */
    private void take(int wanted) {
        while (taken < wanted) {
            int last = count - 1 - taken++;
            long top = candidates[0];
            candidates[0] = candidates[last];
            candidates[last] = top;
            sink(0, last);
        }
    }

    private void sink(int from, int size) {
        long value = candidates[from];
        int at = from;
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && candidates[child + 1] > candidates[child]) {
                child++;
            }
            if (candidates[child] <= value) {
                break;
            }
            candidates[at] = candidates[child];
            at = child;
        }
        candidates[at] = value;
    }

    /** The candidate taken as number {@code i}, likeliest first. */
    private long taken(int i) {
        return candidates[count - 1 - i];
    }

    private int draw(float max, SamplingSpec spec) {
        int size = taken > 0 ? taken : count;
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += weight(i, max, spec.temperature());
        }
        double left = new SplittableRandom(spec.seed() * 0x9E3779B97F4A7C15L + spec.step()).nextDouble() * total;
        for (int i = 0; i < size; i++) {
            left -= weight(i, max, spec.temperature());
            if (left < 0) {
                return token(drawn(i));
            }
        }
        return token(drawn(0));
    }

    private long drawn(int i) {
        return taken > 0 ? taken(i) : candidates[i];
    }

    private double weight(int candidate, float max, float temperature) {
        return Math.exp((logits[token(drawn(candidate))] - max) / (double) temperature);
    }

    private static int token(long candidate) {
        return Integer.MAX_VALUE - (int) candidate;
    }

    /** Orders by logit, then by lower id first when read from the top. */
    private static long rank(float logit, int token) {
        int bits = Float.floatToRawIntBits(logit + 0f);
        return (long) (bits ^ bits >> 31 & 0x7fffffff) << 32 | (Integer.MAX_VALUE - token);
    }
}
