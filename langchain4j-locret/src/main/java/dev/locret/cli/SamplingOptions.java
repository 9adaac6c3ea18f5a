package dev.locret.cli;

import dev.locret.generate.SamplingParameters;
import picocli.CommandLine.Option;

/** How an answer is chosen and how long it may become. */
final class SamplingOptions {
    @Option(
            names = "--max-output-tokens",
            paramLabel = "N",
            defaultValue = "256",
            description = "Most tokens of an answer (default: ${DEFAULT-VALUE}).")
    private int maxOutputTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the most likely token (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Candidates to keep (default: all).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Keep the smallest set of candidates with this mass (default: ${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--seed", paramLabel = "N", description = "Same seed, same text (default: drawn).")
    private Long seed;

    int maxOutputTokens() {
        return maxOutputTokens;
    }

    SamplingParameters parameters() {
        return new SamplingParameters(temperature, topK, topP, 0, 1, 0, 0, seed);
    }
}
