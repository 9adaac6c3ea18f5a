package dev.locret.engine;

import dev.locret.format.ModelFiles;
import java.nio.file.Path;

/** What to call a model. */
final class ModelName {
    private static final String HUB_PREFIX = "models--";

    private ModelName() {}

    /** The repository if the file lies in a hub's cache, else the name in the file, else that of file or directory. */
    static String of(ModelFiles files, Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path part : absolute) {
            String name = part.toString();
            if (name.startsWith(HUB_PREFIX)) {
                return name.substring(HUB_PREFIX.length()).replaceFirst("--", "/");
            }
        }
        Object inside =
                files.gguf().map(gguf -> gguf.metadata().get("general.name")).orElse(null);
        if (inside instanceof String name && !name.isBlank()) {
            return name.strip();
        }
        String name = absolute.getFileName() == null
                ? absolute.toString()
                : absolute.getFileName().toString();
        return name.replaceFirst("\\.(gguf|safetensors)$", "");
    }
}
