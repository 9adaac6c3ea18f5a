package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties that pages show are the starter's, with values that it takes. */
class DocumentedPropertiesTest {
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```properties\n(.*?)^```$");
    private static final Pattern NAMED_MODEL =
            Pattern.compile("(" + Pattern.quote(LocretModelsProperties.PREFIX) + "\\.[^.]+)\\.");

    private static List<String> snippets() throws IOException {
        List<String> snippets = new ArrayList<>();
        try (Stream<Path> docs = Files.list(Path.of("..", "docs"))) {
            for (Path page : Stream.concat(Stream.of(Path.of("..", "README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()) {
                SNIPPET.matcher(Files.readString(page)).results().forEach(block -> snippets.add(block.group(1)));
            }
        }
        return snippets;
    }

    private static void bind(String snippet) throws IOException {
        Properties written = new Properties();
        written.load(new StringReader(snippet));
        assertThat(written.keySet()).isNotEmpty().allSatisfy(key -> assertThat(key.toString())
                .startsWith(LocretProperties.PREFIX + "."));
        Map<String, Properties> engines = new LinkedHashMap<>();
        written.forEach((key, value) -> engines.computeIfAbsent(prefix(key.toString()), prefix -> new Properties())
                .put(key, value));
        engines.forEach((prefix, properties) -> new Binder(new MapConfigurationPropertySource(properties))
                .bind(
                        prefix,
                        Bindable.of(LocretProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT)));
    }

    /** Properties of named models are those of the only one, below the model's name. */
    private static String prefix(String key) {
        Matcher named = NAMED_MODEL.matcher(key);
        return named.lookingAt() ? named.group(1) : LocretProperties.PREFIX;
    }

    @Test
    void everySnippetIsBound() throws IOException {
        assertThat(snippets()).hasSizeGreaterThanOrEqualTo(3).allSatisfy(snippet -> assertThatCode(() -> bind(snippet))
                .as(snippet)
                .doesNotThrowAnyException());
    }

    @Test
    void aMistakeIsFound() {
        assertThatThrownBy(() -> bind("langchain4j.locret.cache-buget=1"))
                .isInstanceOf(BindException.class)
                .hasRootCauseMessage("The elements [langchain4j.locret.cache-buget] were left unbound.");
        assertThatThrownBy(() -> bind("langchain4j.locret.models.reader.cache-buget=1"))
                .hasRootCauseMessage("The elements [langchain4j.locret.models.reader.cache-buget] were left unbound.");
        assertThatThrownBy(() -> bind("langchain4j.locret.chunk-size=many")).isInstanceOf(BindException.class);
    }
}
