package dev.locret.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in {@code samples/langchain4j} and {@code samples/spring-chat}, and the pages that show them. */
class SamplesTest {
    @TempDir
    Path classes;

    private static List<Path> samples() {
        return sources("/samples/langchain4j/");
    }

    private static List<Path> sources(String directory) {
        return Repository.files(".java").stream()
                .filter(file -> file.toString().replace('\\', '/').contains(directory))
                .toList();
    }

    @Test
    void allCompile() throws Exception {
        assertThat(samples()).hasSize(8);
        assertThat(compile()).isEmpty();
    }

    @Test
    void everySnippetOfAPageIsPartOfOne() {
        // Its own build compiles what is Spring's.
        List<String> sources = Stream.concat(samples().stream(), sources("/samples/spring-chat/").stream())
                .map(Repository::read)
                .map(SamplesTest::squeezed)
                .toList();

        assertThat(Snippet.of("java")).hasSizeGreaterThanOrEqualTo(6).allSatisfy(snippet -> assertThat(sources)
                .as("%s", snippet)
                .anyMatch(source -> source.contains(squeezed(snippet.text()))));
    }

    private static String squeezed(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Test
    void theShortestAnswers() throws Exception {
        assertThat(compile()).isEmpty();
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass("Chat").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[] {DemoModel.path().toString()});
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Paris");
    }

    /** Errors. */
    private List<String> compile() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            List<String> options = List.of(
                    "-d",
                    classes.toString(),
                    "-proc:none",
                    "-classpath",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
            compiler.getTask(null, files, problems, options, null, files.getJavaFileObjectsFromPaths(samples()))
                    .call();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(Object::toString)
                .collect(Collectors.toList());
    }
}
