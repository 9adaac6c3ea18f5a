package dev.locret.format;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;

/** Paths of the tiny models among the test resources. */
final class GoldenModels {
    static final List<String> NAMES =
            List.of("llama-tiny", "llama-tied-tiny", "mistral-tiny", "phi3-tiny", "qwen2-tiny", "qwen3-tiny");

    private GoldenModels() {}

    static Path path(String name) {
        URL url = GoldenModels.class.getResource("/golden/" + name);
        if (url == null) {
            throw new IllegalStateException("no test resource golden/" + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
