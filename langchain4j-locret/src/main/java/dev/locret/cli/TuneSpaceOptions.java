package dev.locret.cli;

import dev.locret.eval.SearchSpace;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.eviction.HeadKind;
import java.util.List;
import picocli.CommandLine.Option;

/** What a search for settings tries. The first of each list is the plain one. */
final class TuneSpaceOptions {
    /** Not worth a try unless asked for: one is for comparison, the other drops nothing. */
    private static final List<String> NOT_BY_DEFAULT = List.of("random", "none");

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            description = "Eviction policies (default: all but random that the model has what it takes for).")
    private List<String> policies;

    @Option(
            names = "--budget",
            split = ",",
            paramLabel = "N",
            description = "Cache entries kept per KV head (default: what holds the longest document, and its half, a"
                    + " quarter, down to a thirty-second).")
    private List<Integer> budgets;

    @Option(
            names = "--chunk-size",
            split = ",",
            paramLabel = "N",
            defaultValue = "512,256,1024",
            description = "Tokens read at a time (default: ${DEFAULT-VALUE}).")
    private List<Integer> chunkSizes;

    @Option(
            names = "--budget-allocation",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "uniform,pooled,pyramid",
            description = "How budgets are divided (default: ${DEFAULT-VALUE}).")
    private List<String> allocations;

    @Option(
            names = "--pinned-tokens",
            split = ",",
            paramLabel = "N",
            defaultValue = "0,4,32",
            description = "First tokens that are always kept (default: ${DEFAULT-VALUE}).")
    private List<Integer> pinnedTokens;

    @Option(
            names = "--recent-share",
            split = ",",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Shares of the budget for the last entries (default: ${DEFAULT-VALUE}).")
    private List<Double> recentShares;

    @Option(
            names = "--score-pooling",
            split = ",",
            paramLabel = "N",
            defaultValue = "1",
            description = "Odd widths of the maximum over neighbouring scores (default: ${DEFAULT-VALUE}).")
    private List<Integer> scorePoolings;

    @Option(
            names = "--kv-cache-type",
            split = ",",
            paramLabel = "TYPE",
            defaultValue = "f32,q8_0",
            description = "How the cache holds keys and values: f32, f16, q8_0, q4_0 (default: ${DEFAULT-VALUE}).")
    private List<String> cacheTypes;

    /**
     * @param longest tokens of the longest prompt with its answer
     * @param heads the kind of heads that there are, or null
     */
    SearchSpace space(int longest, HeadKind heads) {
        if (policies != null) {
            policies.forEach(name -> EvictionPolicies.require(name, heads));
        }
        List<String> tried = policies != null
                ? policies
                : EvictionPolicies.names().stream()
                        .filter(name -> !NOT_BY_DEFAULT.contains(name))
                        .filter(name -> EvictionPolicies.runsWith(name, heads))
                        .toList();
        return new SearchSpace(
                tried,
                budgets != null ? budgets : SearchSpace.budgetsFor(longest),
                chunkSizes,
                allocations,
                pinnedTokens,
                recentShares,
                scorePoolings,
                cacheTypes);
    }
}
