package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each construct on its own, as jinja2 renders or refuses it; {@code src/test/python/jinja_vectors.py} made them. */
class JinjaSnippetsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK =
            Clock.fixed(LocalDateTime.of(2024, 7, 6, 9, 5, 3).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

    static Stream<Arguments> cases() throws IOException {
        JsonNode all = JSON.readTree(ChatTemplateGoldenTest.resource("snippets.json"));
        assertThat(all.get("cases").size()).isGreaterThan(110);
        return StreamSupport.stream(all.get("cases").spliterator(), false)
                .map(c -> Arguments.of(c.get("template").asText(), c, all.get("context")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isRenderedAsByJinja2(String source, JsonNode golden, JsonNode contextNode) {
        @SuppressWarnings("unchecked")
        Map<String, Object> context = JSON.convertValue(contextNode, Map.class);
        if (golden.has("rendered")) {
            String text = ChatTemplate.of(source, "here").withClock(CLOCK).renderText(context);
            assertThat(text).isEqualTo(golden.get("rendered").asText());
            return;
        }
        LocretException failure = catchThrowableOfType(
                LocretException.class,
                () -> ChatTemplate.of(source, "here").withClock(CLOCK).renderText(context));
        assertThat(failure).as("an error like: " + golden.get("error").asText()).isNotNull();
        assertThat(failure.id()).isEqualTo(ErrorId.TEMPLATE);
        assertThat(failure.getMessage()).startsWith("template: line ").endsWith(": here");
        String kind = golden.get("kind").asText();
        if (kind.equals("TemplateError")) {
            assertThat(failure).isInstanceOf(TemplateRejection.class);
            assertThat(((TemplateRejection) failure).words())
                    .isEqualTo(golden.get("error").asText());
        } else if (!kind.equals("TemplateSyntaxError") && !kind.equals("SecurityError")) {
            assertThat(failure.getMessage()).contains(golden.get("error").asText());
        }
    }
}
