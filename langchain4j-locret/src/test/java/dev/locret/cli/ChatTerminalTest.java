package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chat on a real terminal: Ctrl-C stops the answer and not the program, Ctrl-D ends it, lines are remembered. */
class ChatTerminalTest {
    @TempDir
    private Path directory;

    @Test
    void stopsAnAnswerAndGoesOn() throws Exception {
        List<String> command = List.of(
                "python3",
                Path.of(getClass().getResource("/golden").toURI())
                        .resolve("../../../src/test/python/chat_terminal.py")
                        .normalize()
                        .toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                LocretCli.class.getName(),
                "chat",
                "--model",
                DemoModel.path().toString(),
                "--max-output-tokens",
                "100000");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_STATE_HOME", directory.toString());
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();

        String screen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(screen).isZero();
        assertThat(Files.readString(directory.resolve("locret/chat-history")))
                .contains("Write a long story about a ship.", "/stats");
    }
}
