package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real templates, byte for byte as jinja2 renders them in Hugging Face's configuration. */
class ChatTemplateGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock JULY = Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);

    static Stream<Arguments> cases() throws IOException {
        JsonNode all = JSON.readTree(resource("expected.json"));
        assertThat(all).hasSize(50);
        return StreamSupport.stream(all.spliterator(), false)
                .map(c -> Arguments.of(c.get("template").asText(), c.get("case").asText(), c));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void rendersAsJinja2(String name, String title, JsonNode golden) throws IOException {
        ChatTemplate template = ChatTemplate.of(resource(name + ".jinja"), name).withClock(JULY);
        @SuppressWarnings("unchecked")
        Map<String, Object> context = JSON.convertValue(golden.get("context"), Map.class);

        List<PromptSpan> spans = template.render(context);

        String expected = golden.get("rendered").asText();
        assertThat(template.renderText(context)).isEqualTo(expected);
        assertThat(spans.stream().map(PromptSpan::text).collect(Collectors.joining()))
                .isEqualTo(expected);
        String trusted =
                spans.stream().filter(PromptSpan::trusted).map(PromptSpan::text).collect(Collectors.joining());
        for (JsonNode message : golden.get("context").get("messages")) {
            String content = message.get("content").asText().strip();
            assertThat(content.length() > 3 && trusted.contains(content))
                    .as("content '%s' in the template's own text", content)
                    .isFalse();
        }
    }

    static String resource(String name) throws IOException {
        try (InputStream in = ChatTemplateGoldenTest.class.getResourceAsStream("/chat-templates/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
