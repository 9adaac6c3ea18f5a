package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled kernels on disk. */
class KernelCacheTest {
    private static final byte[] IMAGE = {1, 2, 3, 4};

    @TempDir
    Path directory;

    private int compilations;

    private byte[] get(Path where) {
        return new KernelCache(where).get("key", () -> {
            compilations++;
            return IMAGE;
        });
    }

    @Test
    void compilesOnce() throws IOException {
        assertThat(get(directory)).isEqualTo(IMAGE);
        assertThat(get(directory)).isEqualTo(IMAGE);
        assertThat(compilations).isEqualTo(1);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void compilesAnewWhateverBitOfTheFileIsDamaged() throws IOException {
        get(directory);
        Path file = directory.resolve("key.cubin");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThat(get(directory)).isEqualTo(IMAGE);
        }
        Files.write(file, new byte[0]);
        assertThat(get(directory)).isEqualTo(IMAGE);
        assertThat(compilations).isEqualTo(whole.length + 2);
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void worksWithoutADirectoryThatCanBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        assertThat(get(file.resolve("inside"))).isEqualTo(IMAGE);
        assertThat(compilations).isEqualTo(1);
    }

    @Test
    void everyTextCountsForTheKey() {
        String key = KernelCache.key("source", List.of("a", "b"), List.of("-O"), "12.9");
        assertThat(Stream.of(
                        KernelCache.key("sourc", List.of("a", "b"), List.of("-O"), "12.9"),
                        KernelCache.key("source", List.of("ab"), List.of("-O"), "12.9"),
                        KernelCache.key("source", List.of("a", "b"), List.of(), "12.9"),
                        KernelCache.key("source", List.of("a", "b"), List.of("-O"), "12.8")))
                .doesNotContain(key)
                .doesNotHaveDuplicates();
    }
}
