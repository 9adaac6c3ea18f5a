package dev.locret.testing;

import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo model with its retaining heads, loaded once for all tests of a JVM. */
public final class DemoEngine {
    private DemoEngine() {}

    private static final class Holder {
        private static final LocretEngine ENGINE = LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .headsPath(heads())
                .cacheBudget(256)
                .chunkSize(64)
                .stabilizers(32)
                .localTokens(32)
                .build());
    }

    /** The engine; nobody closes it. */
    public static LocretEngine shared() {
        return Holder.ENGINE;
    }

    /** Retaining heads of the demo model, which the samples hold; modules lie beside them. */
    public static Path heads() {
        Path heads = Path.of("..", "samples", "models", "smollm2-135m-instruct.safetensors");
        if (!Files.isRegularFile(heads)) {
            throw new IllegalStateException("not run in a module's directory: " + heads.toAbsolutePath());
        }
        return heads;
    }
}
