package dev.locret.spring.autoconfigure;

import dev.locret.common.LocretException;
import java.nio.file.Path;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do when a model cannot be loaded for a reason that lies in the application's properties. */
final class LocretFailureAnalyzer extends AbstractFailureAnalyzer<LocretException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LocretException cause) {
        String action =
                switch (cause.id()) {
                    case FILE_NOT_READABLE ->
                        "Set " + LocretProperties.PREFIX
                                + ".model-path to a GGUF or safetensors file, a directory with either, or"
                                + " hf:owner/name[/file] to have it downloaded, and check "
                                + LocretProperties.PREFIX + ".retaining-heads-path. Relative paths start at "
                                + Path.of("").toAbsolutePath() + ".";
                    case INVALID_ARGUMENT -> "Change the value among the properties " + LocretProperties.PREFIX + ".*.";
                    case HEADS_MISMATCH ->
                        "Set " + LocretProperties.PREFIX
                                + ".retaining-heads-path to heads that were trained for this model, or remove it.";
                    case NOT_ENOUGH_MEMORY ->
                        "Lower " + LocretProperties.PREFIX + ".cache-budget or " + LocretProperties.PREFIX
                                + ".max-sessions, or give the JVM more memory.";
                    default -> null;
                };
        return action == null ? null : new FailureAnalysis(cause.getMessage(), action, cause);
    }
}
