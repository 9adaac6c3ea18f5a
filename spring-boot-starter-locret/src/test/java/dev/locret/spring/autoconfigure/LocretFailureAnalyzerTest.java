package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class LocretFailureAnalyzerTest {
    private final LocretFailureAnalyzer analyzer = new LocretFailureAnalyzer();

    @Test
    void explainsAMissingModel(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);

        try {
            application
                    .run("--langchain4j.locret.model-path=no-such-model.gguf")
                    .close();
        } catch (RuntimeException expected) {
            assertThat(expected).hasStackTraceContaining("no-such-model.gguf");
        }

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("no-such-model.gguf")
                .contains("Set langchain4j.locret.model-path to a GGUF or safetensors file, a directory with either, or"
                        + " hf:owner/name[/file] to have it downloaded")
                .contains("Relative paths start at " + Path.of("").toAbsolutePath());
    }

    @Test
    void saysWhichPropertyHelps() {
        assertThat(analyze(ErrorId.INVALID_ARGUMENT).getAction()).contains("langchain4j.locret.*");
        assertThat(analyze(ErrorId.HEADS_MISMATCH).getAction()).contains("langchain4j.locret.retaining-heads-path");
        assertThat(analyze(ErrorId.NOT_ENOUGH_MEMORY).getAction())
                .contains("langchain4j.locret.cache-budget", "langchain4j.locret.max-sessions");
        assertThat(analyze(ErrorId.INVALID_ARGUMENT).getDescription()).isEqualTo("what: value=1");
    }

    @Test
    void leavesOtherFailuresToSpring() {
        assertThat(analyze(ErrorId.FILE_DAMAGED)).isNull();
    }

    private FailureAnalysis analyze(ErrorId id) {
        return analyzer.analyze(new IllegalStateException(new LocretException(id, "what: value=1")));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(LocretAutoConfiguration.class)
    static class Application {}
}
