package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tensors of a model in several safetensors files, by the {@code model.safetensors.index.json} that lists them. */
final class ShardIndex {
    static final String NAME = "model.safetensors.index.json";
    private static final String FORMAT = "safetensors index";

    private ShardIndex() {}

    /** Opens the files that {@code index} names, and no others, and takes from each the tensors it promises. */
    static Map<String, HostTensor> tensors(Path index) {
        Settings settings = new Settings(FORMAT, index, "", Json.read(FORMAT, index));
        Map<String, List<String>> namesByFile = namesByFile(settings);
        Path directory = index.toAbsolutePath().getParent();
        List<String> missing = new ArrayList<>();
        for (String file : namesByFile.keySet()) {
            if (!Files.isRegularFile(directory.resolve(file))) {
                missing.add(file);
            }
        }
        GgufSplit.refuseMissing(FORMAT, missing, namesByFile.size(), index);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        namesByFile.forEach((file, names) -> {
            Map<String, HostTensor> shard =
                    SafetensorsFile.open(directory.resolve(file)).tensors();
            for (String name : names) {
                if (!shard.containsKey(name)) {
                    throw settings.damaged("tensor " + FormatErrors.quote(name) + " is not in " + file
                            + ", which the index names for it (stale index)");
                }
                tensors.put(name, shard.get(name));
            }
        });
        return tensors;
    }

    static Map<String, List<String>> namesByFile(Settings settings) {
        if (!(settings.find("weight_map") instanceof Map<?, ?> map)) {
            throw settings.damaged("weight_map is missing");
        }
        Map<String, List<String>> namesByFile = new TreeMap<>();
        map.forEach((name, file) -> {
            // A plain name, in letters that every file system knows: an index must not reach out of its directory.
            if (!(file instanceof String text) || !text.matches("[ -~&&[^/\\\\:]]{1,200}\\.safetensors")) {
                throw settings.damaged("weight_map names " + FormatErrors.quote(String.valueOf(file)) + " for tensor "
                        + FormatErrors.quote(name.toString()) + ", expected a file name that ends in .safetensors");
            }
            namesByFile.computeIfAbsent(text, key -> new ArrayList<>()).add((String) name);
        });
        return namesByFile;
    }
}
