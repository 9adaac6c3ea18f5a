package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.ChatModel;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What a user reads when the application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class LocretFailureAnalyzerTest {
    private static void start(Class<?> application, String... arguments) {
        SpringApplication spring = new SpringApplication(application);
        spring.setWebApplicationType(WebApplicationType.NONE);
        assertThatThrownBy(() -> spring.run(arguments).close()).isInstanceOf(RuntimeException.class);
    }

    private static String property(String name, Object value) {
        return "--langchain4j.locret." + name + "=" + value;
    }

    @Test
    void explainsAMissingModel(CapturedOutput output) {
        start(Application.class, property("model-path", "no-such-model.gguf"));

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("no-such-model.gguf")
                .contains("Set langchain4j.locret.model-path to a GGUF or safetensors file, a directory with either, or"
                        + " hf:owner/name[/file] to have it downloaded")
                .contains("Relative paths start at " + Path.of("").toAbsolutePath())
                .contains("See 'file-not-readable' in docs/troubleshooting.md.");
    }

    @Test
    void explainsADamagedModel(CapturedOutput output, @TempDir Path directory) throws IOException {
        Path damaged = directory.resolve("damaged.gguf");
        try (FileChannel model = FileChannel.open(DemoModel.path());
                OutputStream out = Files.newOutputStream(damaged)) {
            model.transferTo(0, 4 << 20, Channels.newChannel(out));
        }

        start(Application.class, property("model-path", damaged));

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("ends at byte")
                .contains(damaged.toString())
                .contains("Fetch the file that is named again");
    }

    @Test
    void explainsThatMemoryIsShort(CapturedOutput output) {
        start(
                Application.class,
                property("model-path", DemoModel.path()),
                property("cache-budget", 4096),
                property("max-sessions", 4096));

        assertThat(output)
                .contains("memory: needed=")
                .contains(" fits")
                .contains("Lower langchain4j.locret.cache-budget or langchain4j.locret.max-sessions to what fits");
    }

    @Test
    void explainsWhatIsMissingForAGraphicsCard(CapturedOutput output) {
        start(Application.class, property("model-path", DemoModel.path()), property("device", "cuda:99"));

        assertThat(output)
                .contains("cuda: ")
                .contains("Set langchain4j.locret.device to auto or cpu, or install what is missing: docs/cuda.md");
    }

    @Test
    void explainsAWrongValue(CapturedOutput output) {
        start(Application.class, property("model-path", DemoModel.path()), property("chunk-size", -1));

        assertThat(output)
                .contains("langchain4j.locret.chunk-size: chunk-size out of range: chunk-size=-1, allowed=1..")
                .contains("Change the property that is named, or remove it for its default.");
    }

    @Test
    void namesThePropertiesOfANamedModel(CapturedOutput output) {
        start(Application.class, property("models.reader.model-path", "no-such-model.gguf"));

        assertThat(output)
                .contains("no-such-model.gguf")
                .contains("Set langchain4j.locret.models.reader.model-path to a GGUF or safetensors file");
    }

    @Test
    void saysWhichPropertyMakesAModel(CapturedOutput output) {
        start(NeedsAModel.class);

        assertThat(output)
                .contains("There is no bean of type dev.langchain4j.model.chat.ChatModel: langchain4j.locret.model-path"
                        + " is not set.")
                .contains("Set langchain4j.locret.model-path to a GGUF or safetensors file");
    }

    @ParameterizedTest
    @EnumSource
    void hasAnActionForEveryError(ErrorId id) {
        FailureAnalysis analysis = new LocretFailureAnalyzer()
                .analyze(new IllegalStateException(new LocretException(id, "what: value=1")));

        assertThat(analysis.getDescription()).isEqualTo("what: value=1");
        assertThat(analysis.getAction()).contains(". See '" + id.id() + "' in docs/troubleshooting.md.");
    }

    @Test
    void explainsAModelThatCannotBeDownloaded(CapturedOutput output) {
        start(Application.class, property("model-path", "hf:locret-tests/no-such-model"));

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("hf:locret-tests/no-such-model")
                .contains("Check that this machine reaches the hub (HF_ENDPOINT, HTTPS_PROXY)")
                .contains("set langchain4j.locret.model-path to its file");
    }

    @Test
    void saysHowToReachTheHub() {
        FailureAnalysis analysis = new LocretFailureAnalyzer()
                .analyze(new LocretStartException(
                        "langchain4j.locret.models.far",
                        "hub: unreachable",
                        new LocretException(ErrorId.DOWNLOAD, "hub: unreachable")));

        assertThat(analysis.getAction())
                .contains("HF_ENDPOINT", "HF_TOKEN", "langchain4j.locret.models.far.model-path to its file");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({LocretAutoConfiguration.class, LocretNamedModelsAutoConfiguration.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(LocretAutoConfiguration.class)
    static class NeedsAModel {
        NeedsAModel(ChatModel model) {
            throw new AssertionError("made with " + model);
        }
    }
}
