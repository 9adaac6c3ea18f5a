package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every command: exit codes, errors, help. */
class LocretCliTest {
    @TempDir
    private Path directory;

    @Test
    void endsWithTwoAndOneLineWhenCalledWrongly() {
        CommandRun unknown = CommandRun.of("ask", "--model", "m", "--bugdet", "9", "why?");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err().lines()).hasSize(1);
        assertThat(unknown.err())
                .startsWith("locret: invalid-argument: ")
                .contains("--bugdet")
                .endsWith("(see 'locret ask --help')" + System.lineSeparator());

        CommandRun none = CommandRun.of();
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err().strip()).isEqualTo("locret: invalid-argument: Missing command (see 'locret --help')");

        CommandRun words = CommandRun.of("ask", "--model", "m", "what", "is", "it?");
        assertThat(words.status()).isEqualTo(2);
        assertThat(words.err()).contains("One question expected, got 3 words: quote the question");
    }

    @Test
    void endsWithOneWhenItFails() {
        Path missing = directory.resolve("model.gguf");
        CommandRun run = CommandRun.of("inspect", missing);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip())
                .isEqualTo("locret: file-not-readable: source: no such file or directory: " + missing);
    }

    @Test
    void givesErrorsAsJsonToo() {
        CommandRun failed = CommandRun.of("pull", "--json", "hf:nobody");
        assertThat(failed.status()).isEqualTo(2);
        assertThat(failed.json().get("error").get("id").asText()).isEqualTo("invalid-argument");
        assertThat(failed.json().get("error").get("message").asText())
                .isEqualTo("source: expected hf:owner/name[@revision][/file]: source='hf:nobody'");
        assertThat(failed.err().lines()).hasSize(1);

        CommandRun usage = CommandRun.of("bench", "--json");
        assertThat(usage.status()).isEqualTo(2);
        assertThat(usage.json().get("error").get("message").asText()).contains("--model");
    }

    @Test
    void printsAnErrorAsOneLineWhateverItHolds() {
        assertThat(CommandErrors.line("template", "line 1\n\tsays \u001b[31mno\r\n"))
                .isEqualTo("locret: template: line 1 says [31mno");
    }

    @Test
    void pullsALocalPathByNamingIt() throws IOException {
        Path file = Files.writeString(directory.resolve("m.gguf"), "x");
        CommandRun plain = CommandRun.of("pull", file);
        assertThat(plain.status()).isZero();
        assertThat(plain.out().strip()).isEqualTo(file.toString());
        assertThat(CommandRun.of("pull", "--json", file).json().get("path").asText())
                .isEqualTo(file.toString());
    }

    @Test
    void describesItself() {
        assertThat(CommandRun.of("--version").out()).startsWith("locret ");
        for (String command : new String[] {"ask", "chat", "pull", "inspect", "trace", "bench", "completion"}) {
            CommandRun help = CommandRun.of(command, "--help");
            assertThat(help.status()).as(command).isZero();
            assertThat(help.out())
                    .as(command)
                    .startsWith("Usage: locret " + command)
                    .contains("--json");
        }
    }

    @Test
    void completesCommandsAndOptions() {
        CommandRun run = CommandRun.of("completion");
        assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("--max-output-tokens", "inspect");
        assertThat(CommandRun.of("completion", "--json").json().get("script").asText())
                .isEqualTo(run.out());
    }
}
