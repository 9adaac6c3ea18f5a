package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A value that cannot be used stops the start, with the property's whole name, the value and what is allowed. */
class WrongValuesTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(LocretAutoConfiguration.class, LocretNamedModelsAutoConfiguration.class));

    private void assertRefused(String message, String... properties) {
        List<String> all = new ArrayList<>(Arrays.asList(properties));
        all.add(0, "langchain4j.locret.model-path=" + DemoModel.path());
        runner.withPropertyValues(all.toArray(String[]::new))
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cache-budget=much | cache-budget: cache-budget is neither a number of entries",
                "cache-budget=0 | cache-budget: cache-budget",
                "cache-budget=1GB x | cache-budget: cache-budget is neither",
                "cache-budget=1MB | cache-budget: cache-bytes holds no entry beside chunk and reserve",
                "cache-budget=8000 | cache-budget: cache has more positions than the model's window",
                "chunk-size=-1 | chunk-size: chunk-size out of range: chunk-size=-1, allowed=1..",
                "stabilizers=5000 | cache-budget: cache-budget must exceed stabilizers",
                "local-tokens=-3 | local-tokens: local-tokens out of range: local-tokens=-3",
                "pinned-tokens=-5 | pinned-tokens: pinned-tokens out of range: pinned-tokens=-5",
                "recent-share=1.5 | recent-share: recent-share out of range: recent-share=1.5",
                "score-pooling=4 | score-pooling: score-pooling must be odd: score-pooling=4",
                "budget-allocation=fair | budget-allocation: unknown budget-allocation: budget-allocation=fair",
                "policy=best | policy: unknown eviction policy: policy=best, allowed=auto, ",
                "rope-factors=short | rope-factors: ",
                "max-sessions=-1 | max-sessions: max-sessions out of range: max-sessions=-1, allowed=1..4096",
                "queue-capacity=-1 | queue-capacity: queue-capacity out of range: queue-capacity=-1",
                "token-gap=-1s | token-gap: token-gap out of range: token-gap=-1000, allowed=0..",
                "prefix-cache-size=-7B | prefix-cache-size: prefix-cache out of range: prefix-cache=-7",
                "contexts.max-size=-7B | contexts.max-size: contexts-directory-bytes out of range",
                "device=gpu | device: unknown device: device=gpu, allowed=auto, cpu, cuda, cuda:N",
                "timeout=0s | timeout: timeout must be positive: timeout=PT0S",
                "chat-model.temperature=-1 | chat-model.temperature: temperature out of range: temperature=-1.0",
                "chat-model.top-p=1.5 | chat-model.top-p: top-p out of range: top-p=1.5, allowed=0..1",
                "streaming-chat-model.top-k=-1 | streaming-chat-model.top-k: top-k out of range: top-k=-1",
                "chat-model.min-p=2 | chat-model.min-p: min-p out of range: min-p=2.0",
                "chat-model.repetition-penalty=0 | chat-model.repetition-penalty: repetition-penalty out of range",
                "chat-model.presence-penalty=101 | chat-model.presence-penalty: presence-penalty out of range",
                "chat-model.frequency-penalty=101 | chat-model.frequency-penalty: frequency-penalty out of range",
                "chat-model.max-output-tokens=0 | chat-model.max-output-tokens: max-output-tokens out of range",
                "threads=-1 | threads: threads out of range: threads=-1",
            })
    void namesPropertyValueAndRange(String property, String message) {
        assertRefused("langchain4j.locret." + message, "langchain4j.locret." + property);
    }

    @ParameterizedTest
    @CsvSource({
        "load=sometimes",
        "kv-cache-type=f64",
        "timeout=soon",
        "token-gap=x",
        "prefix-cache-size=some",
        "threads=all",
        "value-norm=perhaps",
        "chat-model.seed=x",
        "chat-model.tool-format=xml",
        "chat-model.supported-capabilities=flying",
        "contexts.max-size=big"
    })
    void namesWhatIsNotOfItsType(String property) {
        assertRefused("langchain4j.locret." + property.replaceAll("=.*", ""), "langchain4j.locret." + property);
    }

    @Test
    void namesThePropertyOfANamedModel() {
        assertRefused(
                "langchain4j.locret.models.reader.chunk-size: chunk-size out of range: chunk-size=-1",
                "langchain4j.locret.models.reader.model-path=" + DemoModel.path(),
                "langchain4j.locret.models.reader.chunk-size=-1");
        assertRefused(
                "langchain4j.locret.models.reader.model-path: source: empty: source=''",
                "langchain4j.locret.models.reader.chunk-size=64");
    }

    @Test
    void checksEarlyWhatIsLoadedLate(@TempDir Path directory) {
        for (String mode : List.of("lazy", "background")) {
            assertRefused(
                    "langchain4j.locret.cache-budget: cache-budget is neither",
                    "langchain4j.locret.load=" + mode,
                    "langchain4j.locret.cache-budget=much");
            assertRefused(
                    "source: no such file or directory: " + directory.resolve("none.gguf"),
                    "langchain4j.locret.load=" + mode,
                    "langchain4j.locret.model-path=" + directory.resolve("none.gguf"));
        }
    }

    @Test
    void refusesSourcesThatAreNone() {
        assertRefused("langchain4j.locret.model-path: source: empty: source=''", "langchain4j.locret.model-path=");
        assertRefused(
                "langchain4j.locret.model-path: source: a URL is neither a path nor hf:owner/name",
                "langchain4j.locret.model-path=https://example.org/model.gguf");
        assertRefused(
                "langchain4j.locret.model-path: source: expected hf:owner/name",
                "langchain4j.locret.model-path=hf:nobody");
    }

    @Test
    void namesHeadsThatAreNotThere() {
        assertRefused("none.safetensors", "langchain4j.locret.retaining-heads-path=none.safetensors");
        assertThat(DemoEngine.heads()).exists();
    }
}
