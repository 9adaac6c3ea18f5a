package dev.locret.spring.autoconfigure;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do when a model cannot be loaded. */
final class LocretFailureAnalyzer extends AbstractFailureAnalyzer<LocretException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LocretException cause) {
        String prefix = cause instanceof LocretStartException start ? start.prefix() : LocretProperties.PREFIX;
        return new FailureAnalysis(
                cause.getMessage(),
                action(cause.id(), prefix) + " See '" + cause.id().id() + "' in docs/troubleshooting.md.",
                cause);
    }

    private static String action(ErrorId id, String prefix) {
        return switch (id) {
            case FILE_NOT_READABLE ->
                "Set " + prefix + ".model-path to a GGUF or safetensors file, a directory with either, or"
                        + " hf:owner/name[/file] to have it downloaded, and check " + prefix
                        + ".retaining-heads-path and .question-aware-heads-path. Relative paths start at "
                        + Path.of("").toAbsolutePath() + ".";
            case FILE_DAMAGED ->
                "Fetch the file that is named again, and compare its length and hash with those of where it comes from.";
            case FILE_UNSUPPORTED, MODEL_UNSUPPORTED ->
                "Set " + prefix + ".model-path to a model of a kind that docs/models.md lists.";
            case MODEL_MISMATCH, TOKENIZER, TEMPLATE ->
                "Fetch the model again with all its files, or set " + prefix
                        + ".model-path to another conversion of it.";
            case INVALID_ARGUMENT -> "Change the property that is named, or remove it for its default.";
            case HEADS_MISMATCH ->
                "Set " + prefix + ".retaining-heads-path to heads that were trained for this model, or remove it.";
            case NOT_ENOUGH_MEMORY ->
                "Lower " + prefix + ".cache-budget or " + prefix + ".max-sessions to what fits, set " + prefix
                        + ".kv-cache-type to f16 or q8_0, take a smaller model, or give the JVM more memory with -Xmx.";
            case DEVICE_UNAVAILABLE, DEVICE_FAILED ->
                "Set " + prefix
                        + ".device to auto or cpu, or install what is missing: docs/cuda.md says what a graphics"
                        + " card needs.";
            case DOWNLOAD ->
                "Check that this machine reaches the hub (HF_ENDPOINT, HTTPS_PROXY) and may read the repository"
                        + " (HF_TOKEN), or download the model elsewhere and set " + prefix
                        + ".model-path to its file.";
            case FILE_NOT_WRITABLE, CONTEXT_NOT_SAVED ->
                "Set " + prefix + ".contexts.directory to a directory that this application may write to.";
            default -> "Check the properties " + prefix + ".*.";
        };
    }
}
