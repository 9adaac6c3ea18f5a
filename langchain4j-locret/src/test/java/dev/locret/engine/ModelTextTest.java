package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where template and tokenizer are found, and what happens without. */
class ModelTextTest {
    @TempDir
    Path directory;

    @BeforeEach
    void copyModel() throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(EngineFixtures.tiny().resolve(name), directory.resolve(name));
        }
    }

    private ModelText load() {
        try (ModelFiles files = ModelFiles.open(directory)) {
            return ModelText.load(files);
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String rendered() {
        return load().template().orElseThrow().renderText(Map.of("x", "7"));
    }

    @Test
    void aModelWithoutTokenizerSaysSoWhenItIsAskedFor() {
        ModelText text = load();
        assertThat(text.template()).isEmpty();
        assertThat(text.tokenizerOrNull()).isNull();
        assertThatThrownBy(text::tokenizer)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TOKENIZER))
                .hasMessage("tokenizer: no tokenizer.json beside the weights: " + directory.toAbsolutePath());
    }

    @Test
    void aDamagedTokenizerDoesNotStopTokenIds() throws IOException {
        write("tokenizer.json", "{");
        try (LocretEngine engine =
                LocretEngine.load(EngineOptions.builder(directory).threads(1).build())) {
            assertThatThrownBy(engine::tokenizer)
                    .isInstanceOfSatisfying(
                            LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TOKENIZER))
                    .hasMessageContaining("tokenizer.json");
            assertThat(engine.trace(new int[] {5, 6, 7}, 2, false).chunks()).isEmpty();
        }
    }

    @Test
    void templatesAreFoundInTheirFiles() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"config {{ x }}\"}");
        assertThat(rendered()).isEqualTo("config 7");
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"tool\"},"
                        + " {\"name\": \"default\", \"template\": \"default {{ x }}\"}]}");
        assertThat(rendered()).isEqualTo("default 7");
        assertThat(load().template(true).orElseThrow().renderText(Map.of())).isEqualTo("tool");
        write("chat_template.json", "{\"chat_template\": \"json {{ x }}\"}");
        assertThat(rendered()).isEqualTo("json 7");
        write("chat_template.jinja", "jinja {{ x }}");
        assertThat(rendered()).isEqualTo("jinja 7");
    }

    @Test
    void templatesThatCannotBeReadNameTheFile() throws IOException {
        write("chat_template.json", "{");
        assertThatThrownBy(() -> load().template()).hasMessageMatching("template: not JSON: .*chat_template.json");
        write("chat_template.jinja", "{% if %}");
        assertThatThrownBy(() -> load().template())
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TEMPLATE))
                .hasMessageContaining("chat_template.jinja");
    }
}
