package dev.locret.samples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real model, made to read files until the conversation is several times as long as its cache. */
class AgentApplicationTest {
    private static final int BUDGET = 384;
    private static final int CHUNK = 128;
    /** Tokens that are read after the last eviction, the engine's default. */
    private static final int LOCAL = 100;

    @TempDir
    private Path output;

    @Test
    void theConversationGrowsAndTheCacheDoesNot() throws IOException {
        int code = new CommandLine(new AgentApplication())
                .execute(
                        "--directory=" + setting("agent.directory"),
                        "--model=" + setting("agent.model"),
                        "--heads=" + setting("agent.heads"),
                        "--budget=" + BUDGET,
                        "--chunk-size=" + CHUNK,
                        "--tools=read",
                        "--calls=10",
                        "--max-calls=10",
                        "--max-result=1000",
                        "--temperature=1",
                        "--output=" + output,
                        "What is this directory about?");
        // At the eleventh request the model may answer, or go on and be stopped.
        assertThat(code).isBetween(0, 1);

        List<long[]> turns = Files.readAllLines(output.resolve("requests.csv")).stream()
                .skip(1)
                .map(line -> Arrays.stream(line.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .toList();
        assertThat(turns).hasSize(11);
        assertThat(turns.get(10)[0]).as("tokens of the conversation").isGreaterThan(4 * BUDGET);
        long before = 0;
        for (long[] turn : turns) {
            long conversation = turn[0];
            assertThat(turn[1])
                    .as("tokens read at %d of %d", before, conversation)
                    .isLessThanOrEqualTo(conversation - before + CHUNK + LOCAL);
            assertThat(turn[3])
                    .as("entries at %d tokens", conversation)
                    .isEqualTo(Math.min(conversation, BUDGET + LOCAL));
            assertThat(turn[4]).as("bytes of the cache").isEqualTo(turns.get(0)[4]);
            before = conversation;
        }

        BufferedImage picture = ImageIO.read(output.resolve("memory.png").toFile());
        assertThat(picture.getWidth()).isEqualTo(1040);
    }

    private static String setting(String name) {
        String value = System.getProperty(name, "");
        assertThat(value).as("-D%s is set; run test.sh, which does it", name).isNotEmpty();
        return value;
    }
}
