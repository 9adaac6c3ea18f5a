package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where templates are found. */
class ChatTemplatesTest {
    @TempDir
    Path directory;

    private static String text(ChatTemplates templates, boolean tools) {
        return templates.select(tools).orElseThrow().renderText(Map.of());
    }

    @Test
    void ggufHoldsADefaultAndNamedOnes() {
        ChatTemplates templates = ChatTemplates.fromGguf(
                Map.of(
                        "tokenizer.chat_template", "plain",
                        "tokenizer.chat_template.tool_use", "tools",
                        "tokenizer.chat_templates", "ignored"),
                "m.gguf");
        assertThat(templates.names()).containsExactly("default", "tool_use");
        assertThat(text(templates, false)).isEqualTo("plain");
        assertThat(text(templates, true)).isEqualTo("tools");
        assertThat(templates.named("rag")).isEmpty();
    }

    @Test
    void defaultServesToolsToo() {
        assertThat(text(ChatTemplates.fromGguf(Map.of("tokenizer.chat_template", "only"), "m"), true))
                .isEqualTo("only");
        assertThat(ChatTemplates.fromGguf(Map.of(), "m").select(true)).isEmpty();
    }

    @Test
    void configurationHoldsAString() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"chat_template\": \"from config\"}");
        assertThat(text(ChatTemplates.fromDirectory(directory), false)).isEqualTo("from config");
    }

    @Test
    void configurationHoldsAList() throws IOException {
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"d\"},"
                        + " {\"name\": \"tool_use\", \"template\": \"t\"}]}");
        ChatTemplates templates = ChatTemplates.fromDirectory(directory);
        assertThat(text(templates, false)).isEqualTo("d");
        assertThat(text(templates, true)).isEqualTo("t");
    }

    @Test
    void ownFileComesFirst() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"chat_template\": \"old\"}");
        Files.writeString(directory.resolve("chat_template.jinja"), "new ü\n");
        assertThat(text(ChatTemplates.fromDirectory(directory), false)).isEqualTo("new ü");
        assertThat(text(ChatTemplates.fromDirectory(directory), true)).isEqualTo("new ü");

        Path more = Files.createDirectory(directory.resolve("additional_chat_templates"));
        Files.writeString(more.resolve("tool_use.jinja"), "tools");
        assertThat(text(ChatTemplates.fromDirectory(directory), false)).isEqualTo("new ü");
        assertThat(text(ChatTemplates.fromDirectory(directory), true)).isEqualTo("tools");
    }

    @Test
    void nothingThereMeansNoTemplate() {
        assertThat(ChatTemplates.fromDirectory(directory).select(false)).isEmpty();
    }

    @Test
    void errorsNameFileAndKey() throws IOException {
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": [{\"name\": \"x\"}]}");
        assertThatThrownBy(() -> ChatTemplates.fromDirectory(directory))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TEMPLATE))
                .hasMessage("template: chat_template[0] has no text 'template': " + config);
        Files.writeString(config, "{\"chat_template\": 5}");
        assertThatThrownBy(() -> ChatTemplates.fromDirectory(directory))
                .hasMessage("template: chat_template must be a string or a list, is number: " + config);
        Files.writeString(config, "{");
        assertThatThrownBy(() -> ChatTemplates.fromDirectory(directory)).hasMessageStartingWith("template: not JSON: ");
        Files.write(directory.resolve("chat_template.jinja"), new byte[] {(byte) 0xFF});
        Files.writeString(config, "{}");
        assertThatThrownBy(() -> ChatTemplates.fromDirectory(directory))
                .hasMessage("template: cannot be read as UTF-8 text: " + directory.resolve("chat_template.jinja"));
        assertThatThrownBy(() -> ChatTemplates.fromGguf(Map.of("tokenizer.chat_template", 5L), "m.gguf"))
                .hasMessage("template: tokenizer.chat_template must be a string, is Long: m.gguf");
        ChatTemplates broken = ChatTemplates.fromGguf(Map.of("tokenizer.chat_template", "\n{{"), "m.gguf");
        assertThatThrownBy(() -> broken.select(false))
                .hasMessage("template: line 2: tag is not closed, expected '}}': m.gguf (tokenizer.chat_template)");
    }
}
