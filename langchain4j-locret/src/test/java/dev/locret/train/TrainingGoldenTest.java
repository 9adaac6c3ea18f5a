package dev.locret.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.backend.cuda.CudaBackend;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.ModelFiles;
import dev.locret.format.SafetensorsFile;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding.Factors;
import dev.locret.tensor.HostTensor;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The paper's recipe against the authors' own training: labels, losses, learning rates and weights of eight steps. */
class TrainingGoldenTest {
    private static final Golden GOLDEN = Golden.of("llama-tiny");

    @ParameterizedTest
    @CsvSource({"vector, 64", "vector, 200", "fallback, 48"})
    void eightStepsAreTheAuthors(String kernels, int chunk) throws IOException {
        verify(new CpuBackend(2, kernels), chunk);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void soAreThoseOfTheEmulatedCard() throws IOException {
        EmulatedCuda.install();
        System.setProperty("locret.cuda.precision", "full");
        try {
            verify(CudaBackend.open(0), 64);
        } finally {
            System.clearProperty("locret.cuda.precision");
        }
    }

    private static void verify(Backend opened, int chunk) throws IOException {
        JsonNode golden = new ObjectMapper()
                .readTree(GOLDEN.directory().resolve("training.json").toFile());
        int[] ids = Golden.ints(golden.get("input_ids"));
        int prefix = golden.get("prefix_len").asInt();
        TrainingSample sample = new TrainingSample(
                "golden", ids, prefix, IntStream.range(prefix, ids.length).toArray());
        try (Backend backend = opened;
                ModelFiles files = ModelFiles.open(GOLDEN.directory())) {
            Decoder decoder =
                    new Decoder(files.weights(), backend, chunk, 1, ids.length, PositionMode.CACHE, Factors.LONG);
            TrainingOperations operations = backend.training(new TrainingSpec(decoder.attention(), ids.length, 1024));
            TrainedHeads heads = TrainedHeads.from(initial(files), backend, operations);
            RetainingHeadTrainer trainer = new RetainingHeadTrainer(
                    files.weights(), decoder, operations, heads, recipe(golden), chunk, ids.length, 0);
            for (JsonNode expected : golden.get("history")) {
                StepResult result = trainer.step(sample);
                String step = "step " + expected.get("step");
                // Float sums in another order over 256 inputs: 1e-5 of the value and more only as weights drift apart.
                close(result.loss(), expected.get("loss"), 1e-5, step);
                close(result.smoothLoss(), expected.get("smooth_loss"), 5e-5, step);
                close(result.total(), expected.get("total"), 1e-5, step);
                close(result.learningRate(), expected.get("lr"), 1e-12, step);
            }
            for (int layer = 0; layer < heads.layers(); layer++) {
                weights(
                        "model.layers." + layer + ".self_attn.fc2.weight",
                        operations.download(heads.layer(layer).fc2().weight()));
            }
            weights(
                    "model.layers.0.self_attn.fc1.weight",
                    operations.download(heads.layer(0).fc1().weight()));
        }
    }

    private static Recipe recipe(JsonNode golden) {
        Recipe paper = Recipe.paper();
        return new Recipe(
                "paper",
                paper.label(),
                paper.labelTokens(),
                paper.expectile(),
                golden.get("lr").asDouble(),
                golden.get("betas").get(0).asDouble(),
                golden.get("betas").get(1).asDouble(),
                golden.get("eps").asDouble(),
                golden.get("weight_decay").asDouble(),
                golden.get("clip_value").asDouble(),
                golden.get("alpha").asDouble(),
                golden.get("warmup_steps").asInt(),
                golden.get("total_steps").asInt());
    }

    private static RetainingHeads initial(ModelFiles files) {
        Map<String, HostTensor> tensors = new HashMap<>();
        SafetensorsFile.open(GOLDEN.directory().resolve("expected.safetensors"))
                .tensors()
                .forEach((name, tensor) -> {
                    if (name.startsWith("training.init.")) {
                        tensors.put(name.substring("training.init.".length()), tensor);
                    }
                });
        return RetainingHeads.of(tensors, files.weights().config(), "golden");
    }

    private static void close(double actual, JsonNode expected, double relative, String what) {
        assertThat(actual).as(what).isCloseTo(expected.asDouble(), within(relative * Math.abs(expected.asDouble())));
    }

    /** Weights moved by up to 2e-3 in all: they agree to a thousandth of that, rounding in eight steps of AdamW. */
    private static void weights(String name, float[] actual) {
        float[] expected = GOLDEN.expected("training.after8." + name);
        assertThat(actual).as(name).containsExactly(expected, within(2e-6f));
    }
}
