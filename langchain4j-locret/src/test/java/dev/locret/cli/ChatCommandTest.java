package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.testing.DemoModel;
import dev.locret.testing.Golden;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines from a pipe; the terminal is tested by {@code chat_terminal.py}. */
class ChatCommandTest {
    @Test
    void remembersUntilReset() throws IOException {
        CommandRun run = chat("""
                My name is Ferdinand.

                What is my name?
                /reset
                Say yes.
                """, DemoModel.path(), "--max-output-tokens", "16", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(3);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        JsonNode second = new ObjectMapper().readTree(lines.get(1));
        JsonNode third = new ObjectMapper().readTree(lines.get(2));
        assertThat(second.get("answer").asText()).contains("Ferdinand");
        assertThat(second.at("/usage/inputTokens").asInt())
                .isGreaterThan(first.at("/usage/totalTokens").asInt());
        assertThat(third.at("/usage/inputTokens").asInt())
                .isLessThan(second.at("/usage/inputTokens").asInt());
    }

    @Test
    void readsTheConversationAgainOnlyWithoutMemoryForIt() throws IOException {
        String lines = "My name is Ferdinand and I live by the sea.\nWhat is my name?\n";
        int kept = cachedTokensOfTheSecond(chat(lines, DemoModel.path(), "--chunk-size", "16", "--json"));
        int none = cachedTokensOfTheSecond(
                chat(lines, DemoModel.path(), "--chunk-size", "16", "--prefix-cache-bytes", "0", "--json"));
        assertThat(kept).isPositive().isEqualTo(kept / 16 * 16);
        assertThat(none).isZero();
    }

    private static int cachedTokensOfTheSecond(CommandRun run) throws IOException {
        assertThat(run.status()).as(run.err()).isZero();
        String second = run.out().lines().toList().get(1);
        return new ObjectMapper()
                .readTree(second)
                .at("/usage/cachedInputTokens")
                .asInt();
    }

    @Test
    void knowsItsCommandsAndEndsWhereItIsTold() {
        CommandRun run = chat(
                "/stats\n/help\n/what now\nHello.\n/stats\n/exit\nNever read.\n",
                DemoModel.path(),
                "--max-output-tokens",
                "4",
                "--system",
                "Be brief.");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines()).isNotEmpty();
        assertThat(run.err())
                .contains("no finished answer yet", "/reset forgets", "unknown command /what: ", " tokens decoded at ")
                .containsOnlyOnce("tokens read at ");
    }

    @Test
    void endsWithTheErrorOfAPipedLine() {
        CommandRun run = chat("Hello.\nHello again.\n", Golden.of("llama-tiny").directory());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("locret: tokenizer: ")))
                .hasSize(1);
    }

    private static CommandRun chat(String lines, Object model, String... options) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        try {
            Object[] args = new Object[3 + options.length];
            args[0] = "chat";
            args[1] = "--model";
            args[2] = model;
            System.arraycopy(options, 0, args, 3, options.length);
            return CommandRun.of(args);
        } finally {
            System.setIn(before);
        }
    }
}
