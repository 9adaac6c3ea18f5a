package dev.locret.engine;

import java.nio.file.Path;

/** What to call a model: names inside files are often those of a training run, so the path decides. */
final class ModelName {
    private static final String HUB_PREFIX = "models--";

    private ModelName() {}

    /** The repository if the file lies in a hub's cache, else the name of the file, or of its directory if it has none. */
    static String of(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path part : absolute) {
            String name = part.toString();
            if (name.startsWith(HUB_PREFIX)) {
                return name.substring(HUB_PREFIX.length()).replaceFirst("--", "/");
            }
        }
        String name = last(absolute);
        boolean generic = name.matches("model.*\\.(safetensors|json)");
        return generic ? last(absolute.getParent()) : name.replaceFirst("\\.(gguf|safetensors)$", "");
    }

    private static String last(Path path) {
        return path.getFileName() == null ? path.toString() : path.getFileName().toString();
    }
}
