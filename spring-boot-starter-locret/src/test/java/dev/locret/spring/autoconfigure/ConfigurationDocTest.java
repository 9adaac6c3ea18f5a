package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.spring.autoconfigure.ConfigurationMetadata.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md is what the metadata says; {@code -Dlocret.docs.write=true} writes it anew.
 */
class ConfigurationDocTest {
    private static final Path DOC = Path.of("..", "docs", "configuration.md");
    private static final String CHAT = "langchain4j.locret.chat-model.";
    private static final String ENDPOINT = "management.endpoint.locret.";
    private static final String STREAMING = "langchain4j.locret.streaming-chat-model.";

    private final ConfigurationMetadata metadata = ConfigurationMetadata.load();

    ConfigurationDocTest() throws IOException {}

    @Test
    void isWhatTheMetadataSays() throws IOException {
        String expected = document();
        if (Boolean.getBoolean("locret.docs.write")) {
            Files.writeString(DOC, expected);
        }
        assertThat(Files.readString(DOC))
                .as("docs/configuration.md, written anew by -Dlocret.docs.write=true")
                .isEqualTo(expected);
    }

    private String document() {
        StringBuilder text = new StringBuilder("""
                # Configuration of the Spring Boot starter

                Written from the starter's metadata, which editors show too; [Spring Boot](spring-boot.md) says how the pieces work
                together. The builders of `LocretChatModel` and `LocretStreamingChatModel` have the same options.

                ## Engine

                """);
        table(
                text,
                name -> !name.startsWith(CHAT) && !name.startsWith(STREAMING) && !name.startsWith(ENDPOINT),
                "langchain4j.locret.");
        text.append("""

                ## Requests

                Defaults of what a request leaves open: after `langchain4j.locret.chat-model.` for the bean `locretChatModel`, and after
                `langchain4j.locret.streaming-chat-model.` for `locretStreamingChatModel`.

                """);
        table(text, name -> name.startsWith(CHAT), CHAT);
        text.append("\n## Actuator's endpoint\n\n");
        table(text, name -> name.startsWith(ENDPOINT), ENDPOINT);
        text.append("\n## Values\n");
        metadata.hints().forEach((name, values) -> {
            text.append("\n`").append(name).append("`:\n\n| | |\n|---|---|\n");
            for (Map.Entry<String, String> value : values.entrySet()) {
                text.append("| `%s` | %s |\n".formatted(value.getKey(), value.getValue()));
            }
        });
        return text.toString();
    }

    private void table(StringBuilder text, Predicate<String> wanted, String prefix) {
        text.append("| `%s`… | type | default | |\n|---|---|---|---|\n".formatted(prefix));
        for (Property property : metadata.properties()) {
            if (wanted.test(property.name())) {
                String value = property.defaultValue() == null ? "" : "`" + property.defaultValue() + "`";
                text.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                property.name().substring(prefix.length()),
                                type(property.type()),
                                value,
                                property.description()));
            }
        }
    }

    /** Short names, without packages. */
    private static String type(String type) {
        String name = type.replaceAll("\\b[a-z]\\w*\\.", "").replace(",", ", ");
        return name.startsWith("Map") ? "properties by name" : name.replaceAll("(List|Set)<(.*)>", "several $2");
    }
}
