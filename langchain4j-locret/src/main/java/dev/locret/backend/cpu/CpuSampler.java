package dev.locret.backend.cpu;

import dev.locret.backend.SamplingSpec;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Chooses a token from a row of logits, in the order that {@link SamplingSpec} states. */
final class CpuSampler {
    private final float[] logits;
    private final long[] candidates;

    CpuSampler(int vocabulary) {
        logits = new float[vocabulary];
        candidates = new long[vocabulary];
    }

    /** Returns the token id, or -1 if the row holds NaN. */
    int sample(float[] row, int offset, int vocabulary, SamplingSpec spec) {
        System.arraycopy(row, offset, logits, 0, vocabulary);
        for (int i = 0; i < spec.seenTokens().length; i++) {
            penalise(spec, spec.seenTokens()[i], spec.seenCounts()[i]);
        }
        int best = argmax(vocabulary);
        if (best < 0 || spec.temperature() == 0) {
            return best;
        }
        int count = candidates(vocabulary, logits[best], spec);
        return draw(count, logits[best], spec);
    }

    private void penalise(SamplingSpec spec, int token, int count) {
        float logit = logits[token];
        logit = logit > 0 ? logit / spec.repetitionPenalty() : logit * spec.repetitionPenalty();
        logits[token] = logit - spec.presencePenalty() - spec.frequencyPenalty() * count;
    }

    /** The first of the largest logits, -1 if any is NaN or plus infinity. */
    private int argmax(int vocabulary) {
        int best = 0;
        for (int i = 0; i < vocabulary; i++) {
            if (!(logits[i] < Float.POSITIVE_INFINITY)) {
                return -1;
            }
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Collects the candidates that the filters leave, likeliest first where a filter needs the order. */
    private int candidates(int vocabulary, float max, SamplingSpec spec) {
        double floor = spec.minP() > 0 ? max + Math.log(spec.minP()) : Double.NEGATIVE_INFINITY;
        int count = 0;
        for (int i = 0; i < vocabulary; i++) {
            if (logits[i] >= floor) {
                candidates[count++] = rank(logits[i], i);
            }
        }
        boolean ordered = spec.topK() > 0 && spec.topK() < count || spec.topP() < 1;
        if (!ordered) {
            return count;
        }
        Arrays.sort(candidates, 0, count);
        for (int i = 0, j = count - 1; i < j; i++, j--) {
            long swap = candidates[i];
            candidates[i] = candidates[j];
            candidates[j] = swap;
        }
        if (spec.topK() > 0) {
            count = Math.min(count, spec.topK());
        }
        return spec.topP() < 1 ? nucleus(count, max, spec.topP()) : count;
    }

    private int nucleus(int count, float max, float topP) {
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += Math.exp(logits[token(candidates[i])] - max);
        }
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += Math.exp(logits[token(candidates[i])] - max) / total;
            if (mass >= topP) {
                return i + 1;
            }
        }
        return count;
    }

    private int draw(int count, float max, SamplingSpec spec) {
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += weight(i, max, spec.temperature());
        }
        double left = new SplittableRandom(spec.seed() * 0x9E3779B97F4A7C15L + spec.step()).nextDouble() * total;
        for (int i = 0; i < count; i++) {
            left -= weight(i, max, spec.temperature());
            if (left < 0) {
                return token(candidates[i]);
            }
        }
        return token(candidates[0]);
    }

    private double weight(int candidate, float max, float temperature) {
        return Math.exp((logits[token(candidates[candidate])] - max) / (double) temperature);
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
