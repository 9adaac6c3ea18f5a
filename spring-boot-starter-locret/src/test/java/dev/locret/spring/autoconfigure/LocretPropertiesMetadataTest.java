package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.cache.BudgetAllocation;
import dev.locret.eviction.EvictionPolicies;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What an editor shows for a property. */
class LocretPropertiesMetadataTest {
    private final ConfigurationMetadata metadata = ConfigurationMetadata.load();

    LocretPropertiesMetadataTest() throws IOException {}

    @Test
    void describesEveryProperty() {
        Map<String, String> descriptions = new TreeMap<>();
        // Actuator adds its own of our endpoint.
        metadata.properties().stream()
                .filter(property -> property.name().startsWith(LocretProperties.PREFIX))
                .forEach(property -> descriptions.put(property.name(), property.description()));
        List<String> expected = properties(LocretProperties.PREFIX, LocretProperties.class);
        expected.addAll(properties(LocretProperties.PREFIX, LocretModelsProperties.class));

        assertThat(descriptions.keySet()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(descriptions).allSatisfy((name, description) -> assertThat(description)
                .as(name)
                .matches("[A-Z].*\\.")
                .doesNotStartWith("The ")
                .doesNotStartWith("A ")
                .doesNotContain("{@")
                .doesNotContain("  "));
    }

    @Test
    void defaultsCanBeWritten() {
        Map<String, String> written = new TreeMap<>();
        metadata.properties().stream()
                .filter(property -> property.defaultValue() != null)
                .forEach(property -> written.put(property.name(), property.defaultValue()));

        assertThat(written).hasSizeGreaterThan(15);
        new Binder(new MapConfigurationPropertySource(written)).bind(LocretProperties.PREFIX, LocretProperties.class);
    }

    @Test
    void hintsAreTheValuesThatThereAre() {
        assertThat(metadata.hint("langchain4j.locret.policy")).containsExactlyInAnyOrderElementsOf(policies());
        assertThat(metadata.hint("langchain4j.locret.budget-allocation"))
                .containsExactlyElementsOf(Arrays.stream(BudgetAllocation.values())
                        .map(Object::toString)
                        .toList());
        assertThat(metadata.hint("langchain4j.locret.kv-cache-type")).containsExactly("f32", "f16", "q8_0", "q4_0");
        assertThat(metadata.hint("langchain4j.locret.load")).containsExactly("eager", "background", "lazy");
        assertThat(metadata.hint("langchain4j.locret.rope-factors")).containsExactly("long", "auto");
        assertThat(metadata.hint("langchain4j.locret.device")).containsExactly("auto", "cpu", "cuda", "cuda:1");
    }

    private static List<String> policies() {
        List<String> names = new ArrayList<>(EvictionPolicies.names());
        names.add("auto");
        return names;
    }

    private static List<String> properties(String prefix, Class<?> type) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + PropertyNames.kebab(component.getName());
            if (component.getType().isRecord()) {
                names.addAll(properties(name, component.getType()));
            } else {
                names.add(name);
            }
        }
        return names;
    }
}
