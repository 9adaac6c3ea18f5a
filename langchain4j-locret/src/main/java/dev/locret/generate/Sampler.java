package dev.locret.generate;

import dev.locret.backend.SamplingSpec;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The choices of one answer: which parameters, which draw comes next, and the tokens that penalties count. */
public final class Sampler {
    /** Last tokens of prompt and answer that penalties count. */
    public static final int PENALTY_WINDOW = 64;

    private static final int[] NONE = {};

    private final SamplingParameters parameters;
    private final long seed;
    private final int[] recent = new int[PENALTY_WINDOW];
    private long seen;
    private int step;

    /**
     * @param prompt token ids of the whole prompt
     */
    public Sampler(SamplingParameters parameters, int[] prompt) {
        this.parameters = parameters;
        this.seed = parameters.seed() != null ? parameters.seed() : new SplittableRandom().nextLong();
        for (int i = Math.max(0, prompt.length - PENALTY_WINDOW); i < prompt.length; i++) {
            remember(prompt[i]);
        }
    }

    /** The seed in use. */
    public long seed() {
        return seed;
    }

    /**
     * How to choose the next token.
     *
     * @param allowed tokens to choose from, as {@link TokenConstraint#allowed()} gives them, or null for all
     */
    public SamplingSpec next(long[] allowed) {
        int[] ids = NONE;
        int[] counts = NONE;
        if (parameters.penalises()) {
            int[] sorted = Arrays.copyOf(recent, (int) Math.min(seen, PENALTY_WINDOW));
            Arrays.sort(sorted);
            ids = new int[sorted.length];
            counts = new int[sorted.length];
            int distinct = count(sorted, ids, counts);
            ids = Arrays.copyOf(ids, distinct);
            counts = Arrays.copyOf(counts, distinct);
        }
        return new SamplingSpec(
                (float) parameters.temperature(),
                parameters.topK(),
                (float) parameters.topP(),
                (float) parameters.minP(),
                (float) parameters.repetitionPenalty(),
                (float) parameters.presencePenalty(),
                (float) parameters.frequencyPenalty(),
                ids,
                counts,
                seed,
                step,
                allowed);
    }

    private static int count(int[] sorted, int[] ids, int[] counts) {
        int distinct = 0;
        for (int id : sorted) {
            if (distinct == 0 || ids[distinct - 1] != id) {
                ids[distinct++] = id;
            }
            counts[distinct - 1]++;
        }
        return distinct;
    }

    /** Takes note of the token that was chosen. */
    public void accept(int token) {
        remember(token);
        step++;
    }

    private void remember(int token) {
        recent[(int) (seen++ % PENALTY_WINDOW)] = token;
    }
}
