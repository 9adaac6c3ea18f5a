package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

/** An application whose bean definitions were generated before, by what {@code spring-boot:process-aot} runs. */
@Timeout(300)
class AheadOfTimeTest {
    private static final String MODEL = "--langchain4j.locret.model-path=";
    private static final String READER = "--langchain4j.locret.models.reader.model-path=";

    @TempDir
    Path generated;

    /** Models need not be there when it is built. */
    @Test
    void modelsAreLoadedWhenItRuns() throws Exception {
        Path classes = generated.resolve("classes");
        SpringApplicationAotProcessor.main(new String[] {
            AheadOfTimeApplication.class.getName(),
            generated.resolve("sources").toString(),
            generated.resolve("resources").toString(),
            classes.toString(),
            "dev.locret",
            "ahead-of-time",
            MODEL + "not-where-it-is-built.gguf",
            READER + "neither.gguf"
        });
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        compile(classPath, classes);

        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dspring.aot.enabled=true",
                        "-cp",
                        classes + File.pathSeparator + classPath,
                        AheadOfTimeApplication.class.getName(),
                        MODEL + DemoModel.path(),
                        "--langchain4j.locret.load=lazy",
                        READER + DemoModel.path(),
                        "--langchain4j.locret.models.reader.cache-budget=256")
                .redirectErrorStream(true)
                .start();

        String output = new String(java.getInputStream().readAllBytes());
        assertThat(java.waitFor()).as(output).isZero();
        assertThat(output).contains("Starting AOT-processed").contains("budget of the reader: 256");
    }

    private void compile(String classPath, Path classes) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("-proc:none", "-nowarn", "-cp", classPath, "-d", classes + ""));
        try (Stream<Path> sources = Files.walk(generated.resolve("sources"))) {
            arguments.addAll(
                    sources.filter(Files::isRegularFile).map(Path::toString).collect(Collectors.toList()));
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }
}
