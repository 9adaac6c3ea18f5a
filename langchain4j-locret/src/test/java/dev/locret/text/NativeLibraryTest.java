package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine on which the native library does not load (musl, a missing C library); in a JVM of its own. */
class NativeLibraryTest {
    @TempDir
    Path directory;

    /** Run in the other JVM. */
    public static void main(String[] arguments) {
        try {
            Tokenizer tokenizer = Tokenizer.fromGguf(TinyVocabulary.gguf(), "tiny.gguf");
            System.out.println("loaded " + tokenizer.encode("hell", false).length + " "
                    + System.getProperty("RUST_FLAVOR", "unset"));
        } catch (LocretException e) {
            System.out.println(e.id() + " " + e.getMessage());
        }
    }

    private String output(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), NativeLibraryTest.class.getName()));
        Path out = directory.resolve("out.txt");
        Process java = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(java.waitFor()).isZero();
        return Files.readString(out, StandardCharsets.UTF_8).strip();
    }

    @Test
    void failureNamesTheCure() throws Exception {
        Path broken = directory.resolve(System.mapLibraryName("tokenizers"));
        Files.writeString(broken, "not a library");
        assertThat(output("-DRUST_LIBRARY_PATH=" + directory))
                .startsWith("TOKENIZER tokenizer: the native library cannot be loaded: ")
                .contains("glibc 2.34", "no Alpine", "DJL_CACHE_DIR");
    }

    @Test
    void loadingLeavesNoSettingBehind() throws Exception {
        assertThat(output()).isEqualTo("loaded 1 unset");
    }
}
