package dev.locret.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Which files belong together: safetensors shards by their index, GGUF parts by their names. */
final class ShardIndex {
    /** The index of a safetensors model in several files. */
    static final String FILE_NAME = "model.safetensors.index.json";

    // A name of some 60 bytes for each tensor: the largest open models stay under a tenth of this.
    private static final long LARGEST_INDEX_BYTES = 64L << 20;

    private static final Pattern GGUF_PART = Pattern.compile("(.*-)([0-9]{5})(-of-)([0-9]{5})(\\.gguf)");
    private static final JsonMapper JSON = new JsonMapper();

    private ShardIndex() {}

    /**
     * The shards that {@code index} names, each once.
     *
     * @throws LocretException {@link ErrorId#FILE_DAMAGED} if it names none, or one outside its directory
     */
    static List<String> shards(Path index) {
        TreeSet<String> shards = new TreeSet<>();
        try {
            long bytes = Files.size(index);
            Checks.check(
                    bytes <= LARGEST_INDEX_BYTES,
                    ErrorId.FILE_DAMAGED,
                    () -> "index: " + bytes + " bytes, allowed=" + LARGEST_INDEX_BYTES + ": " + index);
            for (JsonNode shard : JSON.readTree(index.toFile()).path("weight_map")) {
                String name = shard.asText();
                Checks.check(
                        HubNames.isFilePath(name) && name.indexOf('/') < 0 && name.endsWith(".safetensors"),
                        ErrorId.FILE_DAMAGED,
                        () -> "index: not a shard of this directory: shard='" + name + "': " + index);
                shards.add(name);
            }
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_DAMAGED, "index: cannot be read (" + e + "): " + index, e);
        }
        Checks.check(!shards.isEmpty(), ErrorId.FILE_DAMAGED, () -> "index: no shard under 'weight_map': " + index);
        return List.copyOf(shards);
    }

    /** All parts of the split GGUF that {@code path} is a part of; {@code path} alone for any other file. */
    static List<String> ggufParts(String path) {
        Matcher name = GGUF_PART.matcher(path);
        if (!name.matches()) {
            return List.of(path);
        }
        int count = Integer.parseInt(name.group(4));
        int part = Integer.parseInt(name.group(2));
        if (part < 1 || part > count) {
            return List.of(path);
        }
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> name.group(1) + String.format("%05d", i) + name.group(3) + name.group(4) + name.group(5))
                .toList();
    }
}
