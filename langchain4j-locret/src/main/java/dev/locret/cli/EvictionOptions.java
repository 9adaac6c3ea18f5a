package dev.locret.cli;

import dev.locret.engine.EngineOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a budget is used, whatever the policy. Each default is the engine's. */
final class EvictionOptions {
    @Option(names = "--chunk-size", paramLabel = "N", description = "Tokens read at a time (default: 512).")
    private int chunkSize;

    @Option(
            names = "--stabilizers",
            paramLabel = "N",
            defaultValue = "-1",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "Last entries kept between chunks whatever their score (default: an eighth of the budget).")
    private int stabilizers;

    @Option(
            names = "--reserve",
            paramLabel = "N",
            description = "Tokens decoded before the cache is evicted back to the budget (default: 512).")
    private int reserve;

    @Option(
            names = "--pinned-tokens",
            paramLabel = "N",
            description = "First tokens of the prompt that are always kept (default: 0).")
    private int pinnedTokens;

    @Option(
            names = "--score-pooling",
            paramLabel = "N",
            defaultValue = "1",
            description = "Odd width of the maximum over neighbouring scores (default: ${DEFAULT-VALUE}).")
    private int scorePooling;

    @Option(
            names = "--recent-share",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Share of the budget for the last entries, kept by every eviction whatever their score, 0 up to"
                            + " 1 (default: ${DEFAULT-VALUE}).")
    private double recentShare;

    @Option(
            names = "--budget-allocation",
            paramLabel = "NAME",
            defaultValue = "uniform",
            description =
                    "How entries are divided, as many in all: uniform, the budget for each KV head; pooled, shared by"
                            + " a layer's heads; pyramid, more for the first layers (default: ${DEFAULT-VALUE}).")
    private String budgetAllocation;

    @Option(
            names = "--rope-factors",
            paramLabel = "NAME",
            description = "Longrope's factors: long, or auto, which takes the short ones for texts inside the original"
                    + " window (default: long wherever entries may be evicted, else auto).")
    private String ropeFactors;

    @Option(
            names = "--kv-cache-type",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description = "How the cache holds keys and values: f32, f16, q8_0 or q4_0 (default: ${DEFAULT-VALUE}).")
    private String kvCacheType;

    @Option(names = "--value-norm", description = "Combine scores with the norm of what a value adds to the output.")
    private boolean valueNorm;

    @Option(
            names = "--merge-evicted",
            description = "Merge values that are dropped into those of the nearest keys that stay.")
    private boolean mergeEvicted;

    EngineOptions.Builder applyTo(EngineOptions.Builder options) {
        if (ropeFactors != null) {
            options.ropeFactors(ropeFactors);
        }
        return options.chunkSize(chunkSize)
                .stabilizers(stabilizers)
                .reserve(reserve)
                .pinnedTokens(pinnedTokens)
                .scorePooling(scorePooling)
                .recentShare(recentShare)
                .valueNorm(valueNorm)
                .mergeEvicted(mergeEvicted)
                .kvCacheType(kvCacheType)
                .budgetAllocation(budgetAllocation);
    }

    /** The options by name, as results depend on them. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("chunkSize", String.valueOf(chunkSize));
        settings.put("stabilizers", String.valueOf(stabilizers));
        settings.put("reserve", String.valueOf(reserve));
        settings.put("pinnedTokens", String.valueOf(pinnedTokens));
        settings.put("scorePooling", String.valueOf(scorePooling));
        settings.put("recentShare", String.valueOf(recentShare));
        settings.put("budgetAllocation", budgetAllocation);
        settings.put("valueNorm", String.valueOf(valueNorm));
        settings.put("mergeEvicted", String.valueOf(mergeEvicted));
        settings.put("kvCacheType", kvCacheType);
        settings.put("ropeFactors", String.valueOf(ropeFactors));
        return settings;
    }
}
