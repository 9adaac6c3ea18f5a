package dev.locret.cli;

import dev.locret.engine.EngineOptions;
import picocli.CommandLine.Option;

/** How much is kept of what was read, and which of it. Each default is the engine's. */
final class CacheOptions {
    @Option(
            names = "--policy",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "Eviction policy: auto, locret, keydiff, streaming-llm or none. auto takes locret with heads;"
                    + " without, none while the prompt fits, then keydiff (default: ${DEFAULT-VALUE}).")
    private String policy;

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            description = "Cache entries kept per KV head, or the size of the whole cache such as 2GB or 512MiB"
                    + " (default: an eighth of the model's window, at most 16384).")
    private String budget;

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
            names = "--local-tokens",
            paramLabel = "N",
            description = "Last tokens of the prompt, read after the last eviction (default: 100; ask and chat: those"
                    + " of the question, at most 100).")
    private int localTokens;

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

    @Option(names = "--value-norm", description = "Combine scores with the norm of what a value adds to the output.")
    private boolean valueNorm;

    @Option(
            names = "--rope-factors",
            paramLabel = "NAME",
            description = "Longrope's factors: long, or auto, which takes the short ones for texts inside the original"
                    + " window (default: long wherever entries may be evicted, else auto).")
    private String ropeFactors;

    EngineOptions.Builder applyTo(EngineOptions.Builder options) {
        if (budget != null) {
            options.cacheBudget(budget);
        }
        if (ropeFactors != null) {
            options.ropeFactors(ropeFactors);
        }
        return options.policy(policy)
                .chunkSize(chunkSize)
                .stabilizers(stabilizers)
                .localTokens(localTokens)
                .reserve(reserve)
                .pinnedTokens(pinnedTokens)
                .scorePooling(scorePooling)
                .recentShare(recentShare)
                .valueNorm(valueNorm)
                .budgetAllocation(budgetAllocation);
    }

    /** Whether the user fixed the number of local tokens. */
    boolean hasLocalTokens() {
        return localTokens != 0;
    }
}
