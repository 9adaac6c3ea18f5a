package dev.locret.train;

import dev.locret.common.Checks;
import java.nio.file.Path;
import java.util.List;

/**
 * What to train, on what and how.
 *
 * @param model GGUF file, safetensors file, or a directory with either
 * @param initialHeads heads to go on from, or null for new ones
 * @param data files of JSON lines
 * @param output where the heads go, as safetensors
 * @param device as in {@link dev.locret.backend.Backends#open}
 * @param threads threads that compute
 * @param recipe labels and optimizer
 * @param hidden width of new heads, {@code d_R}
 * @param maxTokens tokens of the longest sample
 * @param maxAnswerTokens tokens of the longest answer
 * @param minContextTokens fewest tokens of a context
 * @param questionFirst whether samples are as prompts that are read for their question: it stands in front too
 * @param seed of new heads and of the order of samples
 * @param checkpointEvery steps between checkpoints, 0 for none
 * @param resume whether to go on from a checkpoint beside {@code output}, if there is one
 */
public record TrainingOptions(
        Path model,
        Path initialHeads,
        List<Path> data,
        Path output,
        String device,
        int threads,
        Recipe recipe,
        int hidden,
        int maxTokens,
        int maxAnswerTokens,
        int minContextTokens,
        boolean questionFirst,
        long seed,
        int checkpointEvery,
        boolean resume) {
    public TrainingOptions {
        Checks.inRange("d-r", hidden, 1, 1 << 20);
        Checks.inRange("max-tokens", maxTokens, 3, 1 << 24);
        Checks.inRange("max-answer-tokens", maxAnswerTokens, 1, maxTokens);
        Checks.inRange("min-context-tokens", minContextTokens, 2, maxTokens);
        Checks.inRange("checkpoint-every", checkpointEvery, 0, 1 << 24);
        Checks.argument(!data.isEmpty(), () -> "data is missing: data=[]");
    }

    /** Where checkpoints go. */
    Path checkpoint() {
        return output.resolveSibling(output.getFileName() + ".checkpoint");
    }

    /** A file beside the heads that is named like them. */
    Path beside(String ending) {
        String name = output.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return output.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
    }
}
