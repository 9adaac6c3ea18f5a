package dev.locret.format;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A model on disk: its weights and the files beside them that tokenizer and generation need. */
public final class ModelFiles implements AutoCloseable {
    private static final String FORMAT = "model";

    private final Path directory;
    private final WeightSource weights;
    private final GgufFile gguf;

    private ModelFiles(Path directory, WeightSource weights, GgufFile gguf) {
        this.directory = directory;
        this.weights = weights;
        this.gguf = gguf;
    }

    /**
     * Opens a GGUF file, a safetensors file with {@code config.json} beside it, or a directory that holds either.
     *
     * @throws dev.locret.common.LocretException with the reason if it is none of these, or damaged
     */
    public static ModelFiles open(Path path) {
        if (Files.isDirectory(path)) {
            return openDirectory(path);
        }
        MappedFile file = MappedFile.open(path);
        if (file.size() >= 4 && file.slice(0, 4).getInt() == GgufReader.MAGIC) {
            return ofGguf(GgufFile.of(file));
        }
        if (path.getFileName().toString().equals(ShardIndex.NAME)) {
            return ofSafetensors(SafetensorsWeights.ofIndex(path), path);
        }
        if (SafetensorsFile.isLikely(file)) {
            return ofSafetensors(SafetensorsWeights.ofFile(path), path);
        }
        throw FormatErrors.unsupported(FORMAT, "neither GGUF nor safetensors, by its first bytes", path);
    }

    private static ModelFiles openDirectory(Path directory) {
        Path index = directory.resolve(ShardIndex.NAME);
        if (Files.isRegularFile(index)) {
            return ofSafetensors(SafetensorsWeights.ofIndex(index), index);
        }
        Path single = directory.resolve("model.safetensors");
        if (Files.isRegularFile(single)) {
            return ofSafetensors(SafetensorsWeights.ofFile(single), single);
        }
        List<String> names = names(directory);
        List<String> candidates = new ArrayList<>();
        for (String name : names) {
            if (name.endsWith(".safetensors") || name.endsWith(".gguf") && !GgufSplit.isLaterShard(name)) {
                candidates.add(name);
            }
        }
        if (candidates.size() == 1) {
            return open(directory.resolve(candidates.get(0)));
        }
        if (candidates.size() > 1) {
            throw FormatErrors.error(
                    ErrorId.INVALID_ARGUMENT,
                    FORMAT,
                    "several models in one directory, name one of " + String.join(", ", candidates),
                    directory);
        }
        boolean torch = names.stream().anyMatch(name -> name.endsWith(".bin") || name.endsWith(".pth"));
        throw FormatErrors.unsupported(
                FORMAT,
                torch
                        ? "only PyTorch weights in directory, convert them to safetensors"
                        : "no .gguf or .safetensors file in directory",
                directory);
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FormatErrors.notReadable(directory, e);
        }
    }

    private static ModelFiles ofGguf(GgufFile gguf) {
        return new ModelFiles(gguf.path().toAbsolutePath().getParent(), new GgufWeights(gguf), gguf);
    }

    private static ModelFiles ofSafetensors(WeightSource weights, Path file) {
        return new ModelFiles(file.toAbsolutePath().getParent(), weights, null);
    }

    /** Weights and configuration. */
    public WeightSource weights() {
        return weights;
    }

    /** The GGUF file, whose metadata hold tokenizer and template, if the model is one. */
    public Optional<GgufFile> gguf() {
        return Optional.ofNullable(gguf);
    }

    /** The directory of the model. */
    public Path directory() {
        return directory;
    }

    /** {@code tokenizer.json} beside the weights. */
    public Optional<Path> tokenizerJson() {
        return sibling("tokenizer.json");
    }

    /** {@code tokenizer_config.json} beside the weights. */
    public Optional<Path> tokenizerConfig() {
        return sibling("tokenizer_config.json");
    }

    /**
     * Ids of the tokens that end an answer: from the GGUF metadata, else from {@code generation_config.json}, else from
     * {@code config.json}. Empty if none are stated.
     */
    public List<Integer> endOfSequenceIds() {
        if (gguf != null) {
            Set<Integer> ids = new LinkedHashSet<>();
            Settings metadata = new Settings(GgufReader.FORMAT, gguf.path(), "tokenizer.ggml.", gguf.metadata());
            for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
                if (metadata.has(key)) {
                    ids.add(metadata.integer(key));
                }
            }
            return List.copyOf(ids);
        }
        for (String name : List.of("generation_config.json", "config.json")) {
            List<Integer> ids = sibling(name).map(ModelFiles::endIds).orElse(List.of());
            if (!ids.isEmpty()) {
                return ids;
            }
        }
        return List.of();
    }

    private static List<Integer> endIds(Path file) {
        String format = file.getFileName().toString();
        Settings settings = new Settings(format, file, "", Json.read(format, file));
        Object value = settings.find("eos_token_id");
        List<?> list = value instanceof List<?> several ? several : value == null ? List.of() : List.of(value);
        Set<Integer> ids = new LinkedHashSet<>();
        for (Object id : list) {
            ids.add(new Settings(format, file, "", Collections.singletonMap("eos_token_id", id))
                    .integer("eos_token_id"));
        }
        return List.copyOf(ids);
    }

    private Optional<Path> sibling(String name) {
        Path file = directory.resolve(name);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** Closes the weights. */
    @Override
    public void close() {
        weights.close();
    }
}
