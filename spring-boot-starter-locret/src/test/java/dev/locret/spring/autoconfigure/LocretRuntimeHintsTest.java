package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.engine.LocretEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.ReflectionHintsPredicates;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ClassUtils;

class LocretRuntimeHintsTest {
    private static final Path LIBRARY = Path.of("..", "langchain4j-locret", "src", "main", "java", "dev", "locret");

    /** Packages of the command line, which is no part of a Spring application, and CUDA, see the class. */
    private static final List<String> LEFT_OUT = List.of("cli", "corpus", "eval", "train", "backend/cuda");

    private final RuntimeHints hints = new RuntimeHints();

    LocretRuntimeHintsTest() {
        new LocretRuntimeHints().registerHints(hints, getClass().getClassLoader());
    }

    private static ReflectionHintsPredicates reflection() {
        return RuntimeHintsPredicates.reflection();
    }

    @Test
    void areFoundBySpring() {
        assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
                .hasAtLeastOneElementOfType(LocretRuntimeHints.class);
    }

    @Test
    void everyResourceOfTheLibraryIsKept() throws IOException {
        String library = LocretEngine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        List<String> paths = new ArrayList<>();
        for (Resource resource : new PathMatchingResourcePatternResolver(LocretEngine.class.getClassLoader())
                .getResources("classpath*:dev/locret/**/*.*")) {
            String uri = resource.getURI().toString();
            String path = uri.substring(uri.lastIndexOf("dev/locret/"));
            if (uri.contains(library) && !path.endsWith(".class")) {
                paths.add(path);
            }
        }
        // The command line's words.
        paths.removeIf(path -> path.startsWith("dev/locret/corpus/"));

        assertThat(paths).hasSizeGreaterThan(15).allSatisfy(path -> assertThat(
                        RuntimeHintsPredicates.resource().forResource(path))
                .as(path)
                .accepts(hints));
    }

    @Test
    void theTokenizersLibraryIsKept() {
        String path = "native/lib/linux-x86_64/cpu/libtokenizers.so";

        assertThat(getClass().getClassLoader().getResource(path)).isNotNull();
        assertThat(RuntimeHintsPredicates.resource().forResource(path)).accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("native/lib/tokenizers.properties"))
                .accepts(hints);
    }

    @Test
    void whatIsMadeByNameCanBeMade() throws ClassNotFoundException {
        Class<?> row = ClassUtils.forName(LocretRuntimeHints.TABLE_ROW, null);

        assertThat(reflection().onType(row).withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                .accepts(hints);
        assertThat(reflection()
                        .onType(TypeReference.of(LocretRuntimeHints.VECTOR_KERNELS))
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                .accepts(hints);
        assertThat(LocretRuntimeHints.MADE_NATIVELY).allSatisfy(type -> assertThat(
                        hints.jni().getTypeHint(TypeReference.of(ClassUtils.forName(type, null))))
                .as(type)
                .isNotNull());
    }

    /** A new place in the library that looks a class up, or has Jackson make one, is to be thought of here. */
    @Test
    void nothingElseIsLookedUp() throws IOException {
        Pattern lookUp = Pattern.compile("Class\\.forName\\((\\w+)\\)|readValue\\(\\w+, (\\w+)(\\[])?\\.class");
        List<String> found = new ArrayList<>();
        try (Stream<Path> sources = Files.walk(LIBRARY)) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                String name = LIBRARY.relativize(source).toString().replace('\\', '/');
                Matcher matcher = lookUp.matcher(Files.readString(source));
                while (matcher.find() && LEFT_OUT.stream().noneMatch(name::startsWith)) {
                    found.add(name + " " + matcher.group(matcher.group(1) != null ? 1 : 2));
                }
            }
        }

        assertThat(found)
                .containsExactly(
                        "backend/cpu/KernelProvider.java VECTOR",
                        "format/Json.java Object",
                        "text/PreTokenizer.java PreTokenizer");
    }
}
