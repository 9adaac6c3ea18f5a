package dev.locret.train;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.TrainingSpec;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding.Factors;
import java.util.Locale;

/** Adds up what a run will allocate, before anything is. */
final class TrainingMemory {
    /** Masters and two moments of each weight. */
    private static final int COPIES = 3;

    private final Backend backend;
    private final ModelConfig config;
    private final Recipe recipe;
    private final int hidden;
    private final int chunkSize;
    private final long weightBytes;

    /**
     * @param hidden {@code d_R}
     */
    TrainingMemory(Backend backend, WeightSource source, Recipe recipe, int hidden, int chunkSize) {
        this.backend = backend;
        this.config = source.config();
        this.recipe = recipe;
        this.hidden = hidden;
        this.chunkSize = chunkSize;
        this.weightBytes = Decoder.weightBytes(backend, source);
    }

    static TrainingSpec spec(AttentionSpec attention, ModelConfig config, int hidden, int maxTokens) {
        int widest = Math.max(hidden, RetainingHeadTrainer.qkvWidth(config));
        return new TrainingSpec(attention, maxTokens, widest);
    }

    /** Bytes for samples of so many tokens. */
    long bytes(int maxTokens) {
        int inputs = RetainingHeadTrainer.qkvWidth(config);
        AttentionSpec attention =
                new AttentionSpec(config.heads(), config.kvHeads(), config.headDim(), 1, PositionMode.CACHE);
        long heads = (long) config.layers() * hidden * (inputs + config.kvHeads());
        long sample = (long) maxTokens * (config.hiddenSize() + inputs + config.kvHeads());
        long floats = COPIES * heads + sample + HeadUpdate.floats(maxTokens, hidden, inputs, config.kvHeads());
        if (recipe.label().valueNorm()) {
            floats += ValueNorms.floats(config, maxTokens);
        }
        if (recipe.label() == Recipe.Label.EVICTION_ERROR) {
            // Two copies of one layer's output projection, while its products are taken.
            floats += OutputGrams.floats(config) + 2L * config.hiddenSize() * config.heads() * config.headDim();
        }
        return weightBytes
                + Decoder.rotaryBytes(config, maxTokens, Factors.LONG)
                + Decoder.scratchBytes(backend, config, chunkSize, 1, maxTokens)
                + backend.cacheBytes(config.kvHeads(), config.headDim(), maxTokens)
                + backend.trainingBytes(spec(attention, config, hidden, maxTokens))
                + 4 * floats;
    }

    /**
     * Fails unless there is room for samples of so many tokens.
     *
     * @throws LocretException ({@code not-enough-memory}) with what would fit
     */
    void require(int maxTokens) {
        long needed = bytes(maxTokens);
        if (needed > backend.availableBytes()) {
            // Garbage counts as used until it is collected.
            System.gc();
        }
        long available = backend.availableBytes();
        if (needed > available) {
            int fits = fits(available, maxTokens);
            String smaller = fits > 0 ? "max-tokens=" + fits + " fits" : "no max-tokens fits, take a smaller d-r";
            String more =
                    Backends.moreMemory(backend, needed).map(m -> ", or " + m).orElse("");
            throw new LocretException(
                    ErrorId.NOT_ENOUGH_MEMORY,
                    "train: memory: needed=" + mib(needed) + ", available=" + mib(available) + ", max-tokens="
                            + maxTokens + ", d-r=" + hidden + "; " + smaller + more);
        }
    }

    private int fits(long available, int maxTokens) {
        int low = 0;
        int high = maxTokens;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            boolean fits = bytes(middle) <= available;
            low = fits ? middle : low;
            high = fits ? high : middle - 1;
        }
        return low;
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
