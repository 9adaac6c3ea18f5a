package dev.locret.hub;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Chooses from a repository's files those that make up a model. */
final class ModelFiles {
    private static final Set<String> SETTINGS = Set.of(
            "config.json", "generation_config.json", "chat_template.jinja", "additional_chat_templates/tool_use.jinja");
    private static final Pattern TOKENIZER = Pattern.compile("tokenizer[^/]*\\.json");
    private static final Pattern WEIGHTS = Pattern.compile("[^/]+\\.safetensors");
    private static final int MOST_NAMES = 20;

    private final ModelSource.Hub source;
    private final List<String> files;

    ModelFiles(ModelSource.Hub source, List<String> files) {
        this.source = source;
        this.files = files;
    }

    /** The files that a user names: one, or all parts of a split GGUF. */
    List<String> named(String path) {
        return require(ShardIndex.ggufParts(path));
    }

    /** Configuration, tokenizer and template. */
    List<String> settings() {
        return matching(
                file -> SETTINGS.contains(file) || TOKENIZER.matcher(file).matches());
    }

    boolean hasIndex() {
        return files.contains(ShardIndex.FILE_NAME);
    }

    /**
     * All safetensors files beside the configuration.
     *
     * @throws LocretException {@link ErrorId#INVALID_ARGUMENT} if there are none, with the GGUF files to choose from
     */
    List<String> weights() {
        List<String> weights = matching(WEIGHTS.asMatchPredicate());
        if (weights.isEmpty()) {
            List<String> gguf = gguf();
            throw new LocretException(
                    ErrorId.INVALID_ARGUMENT,
                    gguf.isEmpty()
                            ? "hub: the repository has neither safetensors nor GGUF files: " + source
                            : "hub: the repository has GGUF files only; name one of " + names(gguf) + ": " + source);
        }
        return weights;
    }

    /** Returns {@code wanted} if the repository has all of them. */
    List<String> require(List<String> wanted) {
        List<String> missing = wanted.stream()
                .filter(Predicate.not(Set.copyOf(files)::contains))
                .toList();
        Checks.check(missing.isEmpty(), ErrorId.DOWNLOAD, () -> {
            List<String> gguf = gguf();
            return "hub: the repository lacks " + names(missing)
                    + (gguf.isEmpty() ? "" : "; its GGUF files are " + names(gguf)) + ": " + source;
        });
        return wanted;
    }

    /** Names for a message, the first of them when there are many. */
    static String names(List<String> names) {
        String shown = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() <= MOST_NAMES ? shown : shown + " and " + (names.size() - MOST_NAMES) + " more";
    }

    private List<String> gguf() {
        return matching(file -> file.endsWith(".gguf"));
    }

    private List<String> matching(Predicate<String> wanted) {
        return files.stream().filter(wanted).sorted().toList();
    }
}
