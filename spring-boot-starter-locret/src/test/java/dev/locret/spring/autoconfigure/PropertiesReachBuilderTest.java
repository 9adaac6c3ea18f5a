package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;

import dev.langchain4j.model.chat.Capability;
import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.LocretModelBuilder;
import dev.locret.backend.KvCacheType;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.engine.EngineOptions;
import dev.locret.spring.autoconfigure.LocretProperties.Contexts;
import dev.locret.spring.autoconfigure.LocretProperties.Request;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.invocation.Invocation;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** No property is left unwired, and no option of the builder without property. */
class PropertiesReachBuilderTest {
    /** Those that are not settings of loading. */
    private static final Set<String> ELSEWHERE = Set.of("model-path", "load", "timeout");

    /** Setters that are not called as the property. */
    private static final Map<String, String> SETTERS = Map.of(
            "retaining-heads-path", "headsPath",
            "prefix-cache-size", "prefixCacheBytes",
            "token-gap", "tokenGapMillis",
            "contexts.directory", "contextsDirectory",
            "contexts.max-size", "contextsDirectoryBytes",
            "stop", "stopSequences");

    /** Builder options whose property has another name, and those that are beans or several properties. */
    private static final Map<String, String> OTHERWISE_NAMED = Map.of(
            "evictionPolicy", "policy",
            "prefixCacheBytes", "prefix-cache-size",
            "contextsDirectory", "contexts",
            "contextsDirectoryBytes", "contexts",
            "stopSequences", "stop",
            "otherEngines", "models");

    private static final Set<String> BEANS =
            Set.of("engine", "engineSupplier", "listeners", "defaultRequestParameters");

    /** What is written and what arrives. */
    private record Sample(String written, Object arrives) {
        static Sample of(Class<?> type) {
            if (type == Integer.class) {
                return new Sample("7", 7);
            } else if (type == Long.class) {
                return new Sample("7", 7L);
            } else if (type == Double.class) {
                return new Sample("0.5", 0.5);
            } else if (type == Boolean.class) {
                return new Sample("true", true);
            } else if (type == DataSize.class) {
                return new Sample("3MB", 3L << 20);
            } else if (type == Duration.class) {
                return new Sample("75ms", 75);
            } else if (type == KvCacheType.class) {
                return new Sample("q8_0", KvCacheType.Q8_0);
            } else if (type == ToolFormat.class) {
                return new Sample("hermes", ToolFormat.HERMES);
            } else if (type == List.class) {
                return new Sample("a,b", List.of("a", "b"));
            } else if (type == Set.class) {
                return new Sample("response-format-json-schema", Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA));
            } else if (type == String.class) {
                return new Sample("some", "some");
            }
            throw new IllegalStateException("no sample of " + type);
        }
    }

    static Stream<String> loading() {
        return Stream.concat(
                Stream.of("contexts.directory", "contexts.max-size"),
                Arrays.stream(LocretProperties.class.getRecordComponents())
                        .filter(component -> !component.getType().isRecord())
                        .map(component -> PropertyNames.kebab(component.getName()))
                        .filter(name -> !ELSEWHERE.contains(name)));
    }

    static Stream<String> requests() {
        return PropertyNames.names(Request.class).stream();
    }

    @ParameterizedTest
    @MethodSource("loading")
    void aPropertyOfLoadingReachesItsSetter(String name) {
        Sample sample = Sample.of(type(name, LocretProperties.class));
        EngineOptions.Builder builder = mock(EngineOptions.Builder.class, RETURNS_SELF);

        Settings.apply(bind(name, sample), builder);

        List<Invocation> calls = new ArrayList<>(mockingDetails(builder).getInvocations());
        Invocation byDefault = calls.remove(0);
        assertThat(byDefault.getMethod().getName()).isEqualTo("pinnedTokens");
        assertSetBy(name, sample, calls);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aPropertyOfRequestsReachesItsSetter(String name) {
        Sample sample = Sample.of(type(name, Request.class));
        LocretChatModelBuilder builder = mock(LocretChatModelBuilder.class, RETURNS_SELF);

        Settings.apply(bind("streaming-chat-model." + name, sample).streamingChatModel(), builder);

        List<Invocation> calls = new ArrayList<>(mockingDetails(builder).getInvocations());
        calls.removeIf(call -> call.getArgument(0) == null);
        assertSetBy(name, sample, calls);
    }

    private static void assertSetBy(String name, Sample sample, List<Invocation> calls) {
        assertThat(calls).as(name).hasSize(1);
        Invocation call = calls.get(0);
        String expected = SETTERS.getOrDefault(name, camel(name));
        assertThat(call.getMethod().getName()).isEqualTo(expected);
        Object argument = call.getArgument(0);
        assertThat(argument instanceof Path path ? path.toString() : argument).isEqualTo(sample.arrives());
    }

    @Test
    void everyOptionOfTheBuilderHasAProperty() {
        Set<String> properties = new TreeSet<>(PropertyNames.names(LocretProperties.class));
        properties.addAll(PropertyNames.names(Request.class));
        properties.addAll(PropertyNames.names(LocretModelsProperties.class));
        Set<String> options = new LinkedHashSet<>();
        for (Method method : LocretModelBuilder.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 1) {
                options.add(method.getName());
            }
        }

        options.removeAll(BEANS);

        assertThat(options).hasSizeGreaterThan(30).allSatisfy(option -> assertThat(properties)
                .contains(OTHERWISE_NAMED.getOrDefault(option, PropertyNames.kebab(option))));
    }

    private static LocretProperties bind(String name, Sample sample) {
        Map<String, String> written = Map.of(
                LocretProperties.PREFIX + ".model-path", "demo", LocretProperties.PREFIX + "." + name, sample.written);
        return new Binder(new MapConfigurationPropertySource(written))
                .bind(LocretProperties.PREFIX, LocretProperties.class)
                .get();
    }

    private static Class<?> type(String name, Class<?> properties) {
        boolean nested = name.startsWith("contexts.");
        Class<?> owner = nested ? Contexts.class : properties;
        String component = camel(nested ? name.substring("contexts.".length()) : name);
        return Arrays.stream(owner.getRecordComponents())
                .filter(candidate -> candidate.getName().equals(component))
                .map(RecordComponent::getType)
                .findFirst()
                .orElseThrow();
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("-")) {
            camel.append(camel.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return camel.toString();
    }
}
