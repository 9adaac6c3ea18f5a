package dev.locret.spring.autoconfigure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The starter's {@code spring-configuration-metadata.json}. */
record ConfigurationMetadata(List<Property> properties, Map<String, Map<String, String>> hints) {
    /**
     * @param defaultValue as it is written, or null
     */
    record Property(String name, String type, String description, String defaultValue) {}

    static ConfigurationMetadata load() throws IOException {
        List<Property> properties = new ArrayList<>();
        Map<String, Map<String, String>> hints = new LinkedHashMap<>();
        try (InputStream in =
                LocretProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            JsonNode root = new ObjectMapper().readTree(in);
            for (JsonNode property : root.get("properties")) {
                JsonNode value = property.get("defaultValue");
                properties.add(new Property(
                        property.get("name").asText(),
                        property.get("type").asText(),
                        property.path("description").asText(),
                        value == null ? null : value.asText()));
            }
            for (JsonNode hint : root.get("hints")) {
                Map<String, String> values = new LinkedHashMap<>();
                hint.get("values")
                        .forEach(value -> values.put(
                                value.get("value").asText(),
                                value.path("description").asText()));
                hints.put(hint.get("name").asText(), values);
            }
        }
        return new ConfigurationMetadata(properties, hints);
    }

    /** The values that an editor offers. */
    List<String> hint(String name) {
        return List.copyOf(hints.get(name).keySet());
    }
}
