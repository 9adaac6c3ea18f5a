package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.ScoringHeads;
import dev.locret.format.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a snapshot means something to, by name: the model, its retaining heads, and the settings that decide what is kept
 * and where chunks end. Devices and kernels are no part of it: they differ in rounding only.
 *
 * @param values name to value, in the order in which they are compared
 */
record SnapshotBinding(Map<String, String> values) {
    private static final String MODEL = "model";

    /**
     * @param heads trained heads, or null
     */
    static SnapshotBinding of(WeightSource weights, ScoringHeads heads, EngineSettings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(MODEL, ModelHash.of(weights));
        values.put("retaining-heads", heads == null ? "none" : ModelHash.of(heads));
        values.put("cache-budget", "" + settings.plan().budget());
        values.put("chunk-size", "" + settings.plan().chunkSize());
        values.put(
                "stabilizers",
                settings.ownStabilizers() ? "" + settings.plan().stabilizers() : "an eighth of the budget");
        values.put("pinned-tokens", "" + settings.plan().pinnedTokens());
        values.put("score-pooling", "" + settings.plan().scorePooling());
        values.put("recent-share", "" + settings.plan().retention().recentShare());
        values.put("budget-allocation", "" + settings.plan().retention().allocation());
        values.put("value-norm", "" + settings.plan().retention().valueNorm());
        values.put("merge-evicted", "" + settings.plan().retention().mergeEvicted());
        values.put("kv-cache-type", "" + settings.plan().type());
        values.put("positions", settings.positions().name());
        values.put("rope-factors", settings.ropeFactors().name());
        return new SnapshotBinding(values);
    }

    /** What tells the model from others. */
    String model() {
        return values.get(MODEL);
    }

    /** Fails with {@code context-mismatch}, naming the first difference, unless a file belongs here. */
    void require(Map<String, String> found, Path file) {
        values.forEach((name, expected) -> {
            String value = found.get(name);
            if (!expected.equals(value)) {
                throw new LocretException(
                        ErrorId.CONTEXT_MISMATCH,
                        "contexts: file does not belong to this engine: " + name + "=" + value + ", expected="
                                + expected + ": " + file);
            }
        });
    }
}
