package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.hub.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, whose environment names the hub and the cache. */
class PullCommandTest {
    @TempDir
    private Path directory;

    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void downloadsWithProgressAndPrintsThePath() throws Exception {
        byte[] content = hub.putLarge("tiny.gguf", 3 << 20);

        CommandRun run = pull("hf:acme/tiny/tiny.gguf");

        assertThat(run.status()).as(run.err()).isZero();
        Path file = directory.resolve("hub/models--acme--tiny/snapshots/" + FakeHub.COMMIT + "/tiny.gguf");
        assertThat(run.out().strip()).isEqualTo(file.toString());
        assertThat(file).hasBinaryContent(content);
        assertThat(run.err().lines())
                .startsWith("tiny.gguf: 0 of 3 MiB")
                .endsWith("tiny.gguf: 3 of 3 MiB")
                .hasSizeBetween(2, 11);
        assertThat(pull("hf:acme/tiny/tiny.gguf").err()).isEmpty();
    }

    @Test
    void failsInOneLine() throws Exception {
        CommandRun run = pull("hf:acme/tiny/other.gguf");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip())
                .isEqualTo("locret: download: hub: the repository lacks other.gguf: hf:acme/tiny/other.gguf");
    }

    private CommandRun pull(String source) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocretCli.class.getName(),
                        "pull",
                        source)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("HF_ENDPOINT", hub.endpoint().toString());
        builder.environment().put("HF_HOME", directory.toString());
        builder.environment().keySet().removeIf(name -> name.equals("HF_HUB_CACHE") || name.equals("HF_HUB_OFFLINE"));
        int status = builder.start().waitFor();
        return new CommandRun(status, Files.readString(out), Files.readString(err));
    }
}
