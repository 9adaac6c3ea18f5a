package dev.locret.cli;

import dev.locret.engine.EngineOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much is kept of what was read, and which of it. Each default is the engine's. */
final class CacheOptions {
    @Option(
            names = "--policy",
            paramLabel = "NAME",
            defaultValue = "auto",
            description =
                    "Eviction policy: auto, locret, keydiff, streaming-llm, h2o, snapkv, tova, sirllm, random or none."
                            + " auto takes locret with heads;"
                            + " without, none while the prompt fits, then keydiff (default: ${DEFAULT-VALUE}).")
    private String policy;

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            description = "Cache entries kept per KV head, or the size of the whole cache such as 2GB or 512MiB"
                    + " (default: an eighth of the model's window, at most 16384).")
    private String budget;

    @Option(
            names = "--local-tokens",
            paramLabel = "N",
            description = "Last tokens of the prompt, read after the last eviction (default: 100; ask and chat: those"
                    + " of the question, at most 100).")
    private int localTokens;

    @Mixin
    private EvictionOptions eviction;

    EngineOptions.Builder applyTo(EngineOptions.Builder options) {
        if (budget != null) {
            options.cacheBudget(budget);
        }
        return eviction.applyTo(options).policy(policy).localTokens(localTokens);
    }

    /** Whether the user fixed the number of local tokens. */
    boolean hasLocalTokens() {
        return localTokens != 0;
    }
}
