package dev.locret.model;

import dev.locret.backend.Backend;
import dev.locret.backend.RotaryTable;
import dev.locret.format.ModelConfig;
import dev.locret.format.RopeConfig;
import dev.locret.model.RotaryEmbedding.Factors;
import java.util.List;

/**
 * The tables of a model: one, or, where scaling depends on how long the text is, one for texts inside the original
 * window and one for longer ones. That is longrope under {@link Factors#AUTO}, and dynamic scaling of a cache with more
 * positions than the original window. Hugging Face makes the dynamic frequencies anew for every length beyond it; here
 * they are those of the longest that fits, so that a text keeps its frequencies while it grows.
 *
 * @param within for texts of at most {@code window} tokens
 * @param beyond for longer texts
 * @param window tokens
 */
record RotaryTables(RotaryTable within, RotaryTable beyond, int window) {
    static RotaryTables load(Backend backend, ModelConfig config, int positions, Factors factors) {
        RotaryTable beyond = RotaryEmbedding.load(backend, config, positions, false);
        return switches(config.rope(), positions, factors)
                ? new RotaryTables(
                        RotaryEmbedding.load(backend, config, positions, true),
                        beyond,
                        config.rope().originalContext())
                : new RotaryTables(beyond, beyond, 0);
    }

    /** Bytes of {@link #load}. */
    static long bytes(ModelConfig config, int positions, Factors factors) {
        return (switches(config.rope(), positions, factors) ? 2 : 1) * RotaryEmbedding.bytes(config, positions);
    }

    private static boolean switches(RopeConfig rope, int positions, Factors factors) {
        return switch (rope.kind()) {
            case LONGROPE -> factors == Factors.AUTO;
            case DYNAMIC -> positions > rope.originalContext();
            default -> false;
        };
    }

    /** The table for a text of so many tokens. */
    RotaryTable of(int textTokens) {
        return textTokens <= window ? within : beyond;
    }

    /** Each table once. */
    List<RotaryTable> all() {
        return within == beyond ? List.of(beyond) : List.of(within, beyond);
    }
}
