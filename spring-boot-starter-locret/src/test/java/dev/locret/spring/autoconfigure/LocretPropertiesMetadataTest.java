package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an editor shows for a property. */
class LocretPropertiesMetadataTest {
    @Test
    void describesEveryProperty() throws IOException {
        Map<String, String> descriptions = descriptions();

        assertThat(descriptions.keySet())
                .containsExactlyInAnyOrderElementsOf(properties(LocretProperties.PREFIX, LocretProperties.class));
        assertThat(descriptions).allSatisfy((name, description) -> assertThat(description)
                .as(name)
                .matches("[A-Z].*\\.")
                .doesNotStartWith("The ")
                .doesNotStartWith("A ")
                .doesNotContain("{@"));
    }

    private static Map<String, String> descriptions() throws IOException {
        Map<String, String> descriptions = new TreeMap<>();
        try (InputStream in =
                LocretProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(in).get("properties")) {
                descriptions.put(
                        property.get("name").asText(),
                        property.path("description").asText());
            }
        }
        return descriptions;
    }

    private static List<String> properties(String prefix, Class<?> type) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                names.addAll(properties(name, component.getType()));
            } else {
                names.add(name);
            }
        }
        return names;
    }
}
