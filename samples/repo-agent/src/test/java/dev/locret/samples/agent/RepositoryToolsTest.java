package dev.locret.samples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.service.tool.ToolExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryToolsTest {
    @TempDir
    private Path root;

    private Map.Entry<ToolSpecification, ToolExecutor> tool(String name) throws IOException {
        return new RepositoryTools(new Repository(root), 100)
                .all().entrySet().stream()
                        .filter(entry -> entry.getKey().name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private String call(String name, String arguments) throws IOException {
        return tool(name)
                .getValue()
                .execute(
                        ToolExecutionRequest.builder()
                                .name(name)
                                .arguments(arguments)
                                .build(),
                        "default");
    }

    private void write(String name, int lines) throws IOException {
        Files.writeString(
                root.resolve(name),
                IntStream.rangeClosed(1, lines).mapToObj(i -> "line " + i).collect(Collectors.joining("\n")));
    }

    @Test
    void aLongFileIsReadInPieces() throws IOException {
        write("a.txt", 20);
        String first = call("read", "{\"file\": \"a.txt\"}");
        assertThat(first).startsWith("line 1\nline 2\n").endsWith("line 13\n[goes on at line 14 of 20]");
        String second = call("read", "{\"file\": \"a.txt\", \"from_line\": 14}");
        assertThat(second).startsWith("line 14\n").endsWith("line 20\n");
        assertThat(call("read", "{\"file\": \"a.txt\", \"from_line\": 21}")).isEqualTo("[there are 20 lines]");
        assertThat(call("read", "{\"file\": \"a.txt\", \"from_line\": -3}")).isEqualTo(first);
    }

    @Test
    void aLongLineIsCutBetweenCharacters() throws IOException {
        Files.writeString(root.resolve("a.txt"), "x".repeat(299) + "😀" + "y".repeat(50) + "\nend");
        assertThat(call("read", "{\"file\": \"a.txt\"}")).isEqualTo("x".repeat(299) + "…\n[goes on at line 2 of 2]");
    }

    @Test
    void filesAreListed() throws IOException {
        write("a.txt", 1);
        write("b.txt", 1);
        assertThat(call("list", "{}")).isEqualTo("a.txt\nb.txt\n");
        assertThat(call("list", "")).isEqualTo("a.txt\nb.txt\n");
        assertThat(call("list", "{\"from_file\": 2}")).isEqualTo("b.txt\n");
    }

    @Test
    void aSearchEndsWithWhatFits() throws IOException {
        write("a.txt", 20);
        Files.write(root.resolve("b.bin"), new byte[] {0, 'l', 'i', 'n', 'e'});
        assertThat(call("search", "{\"text\": \"line 2\"}")).isEqualTo("a.txt:2: line 2\na.txt:20: line 20\n");
        assertThat(call("search", "{\"text\": \"line\"}"))
                .hasSizeLessThan(150)
                .startsWith("a.txt:1: line 1\n")
                .endsWith("[there is more: search for a longer text]");
        assertThat(call("search", "{\"text\": \"none\"}")).isEqualTo("[not found: none]");
    }

    @Test
    void whatIsWrongIsToldToTheModel() throws IOException {
        assertThat(call("read", "{\"file\": \"../a.txt\"}")).isEqualTo("refused: no such file: ../a.txt");
        assertThat(call("read", "{}")).isEqualTo("refused: no value for 'file'");
        assertThat(call("search", "{\"text\": \"\"}")).isEqualTo("refused: no value for 'text'");
        assertThat(call("read", "{\"file\": ")).startsWith("refused: arguments are not JSON: Unexpected end-of-input");
    }

    @Test
    void fewFilesAreNamedByTheSchema() throws IOException {
        write("a.txt", 1);
        assertThat(tool("read").getKey().parameters().properties().get("file"))
                .isEqualTo(JsonEnumSchema.builder().enumValues("a.txt").build());
        for (int i = 0; i < 10; i++) {
            Files.createFile(root.resolve("f".repeat(200) + i));
        }
        assertThat(tool("read").getKey().parameters().properties().get("file"))
                .isEqualTo(JsonStringSchema.builder().build());
    }
}
