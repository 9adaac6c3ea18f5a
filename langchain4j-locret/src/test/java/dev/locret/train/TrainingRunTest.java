package dev.locret.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.HeadsMetadata;
import dev.locret.format.ModelFiles;
import dev.locret.format.SafetensorsFile;
import dev.locret.testing.Records;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs from files to files on a tiny model. */
class TrainingRunTest {
    @TempDir
    Path directory;

    private Path data;
    private Path output;

    @BeforeEach
    void write() throws IOException {
        data = Fixtures.samples(directory.resolve("train.jsonl"), 12);
        output = directory.resolve("heads.safetensors");
    }

    @Test
    void theLossFallsAndTheHeadsLoad() throws IOException {
        Fixtures.Log log = run(Fixtures.options(data, output, 60, 0, false));

        assertThat(log.text.toString()).isEqualTo("data 12 \n");
        assertThat(log.steps).isEqualTo(60);
        assertThat(log.last).isLessThan(log.first / 2);
        SafetensorsFile file = SafetensorsFile.open(output);
        try (ModelFiles model = ModelFiles.open(Fixtures.model())) {
            RetainingHeads heads =
                    RetainingHeads.of(file.tensors(), model.weights().config(), output.toString());
            assertThat(heads.hidden()).isEqualTo(24);
        }
        assertThat(file.metadata())
                .containsKeys("base_model_hash", "recipe", "data_sha256", "initial_heads_hash")
                .containsEntry("base_model", "llama-tiny.gguf")
                .containsEntry("question_first", "false")
                .containsEntry("steps", "60")
                .containsEntry("samples", "12");
        List<String> csv = Files.readAllLines(directory.resolve("heads.csv"));
        assertThat(csv).hasSize(61);
        assertThat(csv.get(0)).isEqualTo("step,loss,smooth_loss,total,learning_rate,tokens");
        assertThat(csv.get(60)).startsWith("59," + log.last + ",");
        BufferedImage curve = ImageIO.read(directory.resolve("heads.png").toFile());
        assertThat(curve.getWidth()).isEqualTo(800);
        assertThat(directory.resolve("heads.safetensors.checkpoint")).doesNotExist();
    }

    @Test
    void eachRecipeTrains() {
        for (Recipe.Label label : Recipe.Label.values()) {
            for (Recipe.LabelTokens tokens : Recipe.LabelTokens.values()) {
                Recipe base = Recipe.standard(40);
                Recipe recipe = new Recipe(
                        "test",
                        label,
                        tokens,
                        base.loss(),
                        base.expectile(),
                        base.learningRate(),
                        base.beta1(),
                        base.beta2(),
                        base.epsilon(),
                        base.weightDecay(),
                        base.clipValue(),
                        base.smoothing(),
                        4,
                        40);
                Fixtures.Log log = run(Fixtures.options(data, output, recipe, 0, false));
                assertThat(log.last).as(label + " " + tokens).isLessThan(log.first);
            }
        }
    }

    @Test
    void scoresLearnTheOrderOfTheirLabels() {
        Recipe base = Recipe.standard(60);
        Recipe ranking = Records.with(Records.with(base, "expectile", 0.5), "loss", Recipe.Loss.RANKING);
        Fixtures.Log log = run(Fixtures.options(data, output, ranking, 0, false));
        // A score that knows nothing has a loss of log 2.
        assertThat(log.first).isBetween(0.6, 0.8);
        assertThat(log.last).isLessThan(0.5);
        assertThatThrownBy(() -> new Recipe(
                        "test",
                        base.label(),
                        base.labelTokens(),
                        Recipe.Loss.RANKING,
                        0.7,
                        base.learningRate(),
                        base.beta1(),
                        base.beta2(),
                        base.epsilon(),
                        base.weightDecay(),
                        base.clipValue(),
                        base.smoothing(),
                        4,
                        40))
                .hasMessage("an expectile is of smooth-l1 only: expectile=0.7, loss=ranking");
    }

    @Test
    void headsForPromptsWithTheQuestionInFrontSayWhatTheyAre() {
        TrainingOptions plain = Fixtures.options(data, output, 40, 5, false);
        TrainingOptions options = new TrainingOptions(
                plain.model(), null, plain.data(), output, "cpu", 2, plain.recipe(), 24, 512, 64, 8, true, 7, 5, false);
        Fixtures.Log log = run(options);
        // Two questions to each of twelve contexts.
        assertThat(log.text.toString()).isEqualTo("data 24 \n");
        assertThat(log.last).isLessThan(log.first / 2);
        assertThat(HeadsMetadata.questionFirst(output)).contains(true);
    }

    @Test
    void aRunThatIsKilledGoesOnBitForBit() throws Exception {
        run(Fixtures.options(data, output, 40, 5, false));
        byte[] uninterrupted = Files.readAllBytes(output);
        byte[] losses = Files.readAllBytes(directory.resolve("heads.csv"));
        Files.delete(output);
        Files.delete(directory.resolve("heads.csv"));

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrainingMain.class.getName(),
                        data.toString(),
                        output.toString(),
                        "40",
                        "5")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader steps = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String line = steps.readLine();
            while (line != null && Integer.parseInt(line) < 17) {
                line = steps.readLine();
            }
            assertThat(line).isEqualTo("17");
        } finally {
            // SIGKILL.
            process.destroyForcibly().waitFor();
        }
        assertThat(output).doesNotExist();

        Fixtures.Log log = run(Fixtures.options(data, output, 40, 5, true));

        assertThat(log.text.toString()).contains("resume ");
        assertThat(log.steps).isLessThanOrEqualTo(25);
        assertThat(output).hasBinaryContent(uninterrupted);
        assertThat(directory.resolve("heads.csv")).hasBinaryContent(losses);
    }

    @Test
    void headsThatCouldNotBeWrittenCostNoStep() throws IOException {
        run(Fixtures.options(data, output, 13, 5, false));
        byte[] uninterrupted = Files.readAllBytes(output);
        Files.delete(output);
        Files.createSymbolicLink(directory.resolve("heads.safetensors.part"), Path.of("/dev/full"));

        assertFails(
                Fixtures.options(data, output, 13, 5, false),
                ErrorId.FILE_NOT_WRITABLE,
                "train: not written (java.io.IOException: No space left on device): " + output);
        assertThat(output).doesNotExist();
        Fixtures.Log log = run(Fixtures.options(data, output, 13, 5, true));

        assertThat(log.steps).isZero();
        assertThat(output).hasBinaryContent(uninterrupted);
    }

    @Test
    void withoutACheckpointARunBegins() {
        Fixtures.Log log = run(Fixtures.options(data, output, 3, 0, true));
        assertThat(log.steps).isEqualTo(3);
        assertThat(log.text.toString()).doesNotContain("resume");
    }

    @Test
    void aFullDiskEndsNoRunAndKeepsTheLastCheckpoint() throws IOException {
        Path checkpoint = directory.resolve("heads.safetensors.checkpoint");
        Files.writeString(checkpoint, "the last one");
        // Whatever is written to this device finds the disk full.
        Files.createSymbolicLink(directory.resolve("heads.safetensors.checkpoint.part"), Path.of("/dev/full"));
        StringBuilder kept = new StringBuilder();
        Fixtures.Log log = new Fixtures.Log() {
            @Override
            public void onCheckpointFailed(int step, LocretException reason) {
                super.onCheckpointFailed(step, reason);
                try {
                    kept.append(Files.readString(checkpoint));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        new TrainingRun(Fixtures.options(data, output, 4, 3, false), log).run();
        assertThat(log.text.toString())
                .contains("failed 3: train: not written (java.io.IOException: No space left on device): " + checkpoint);
        assertThat(kept.toString()).isEqualTo("the last one");
        assertThat(output).exists();
    }

    @Test
    void aLossThatIsNoNumberEndsTheRunWithStepAndSample() throws IOException {
        Path broken = directory.resolve("broken.safetensors");
        try (ModelFiles model = ModelFiles.open(Fixtures.model());
                CpuBackend backend = new CpuBackend(1)) {
            RetainingHeads heads = TrainedHeads.initial(model.weights().config(), 24, 1);
            float[] huge = new float[8 * 24];
            Arrays.fill(huge, 3e38f);
            heads.fc2()[1] = TrainedHeads.tensor(heads.fc2()[1].name(), 8, 24, huge);
            TrainingOperations operations =
                    backend.training(new TrainingSpec(new AttentionSpec(16, 8, 8, 1, PositionMode.CACHE), 8, 8));
            HeadsWriter.write(broken, TrainedHeads.from(heads, backend, operations), operations, Map.of());
        }
        Path checkpoint = directory.resolve("heads.safetensors.checkpoint");
        Files.writeString(checkpoint, "the last one");
        TrainingOptions good = Fixtures.options(data, output, 5, 1, false);
        TrainingOptions options = new TrainingOptions(
                good.model(), broken, good.data(), output, "cpu", 1, good.recipe(), 24, 512, 64, 8, false, 7, 1, false);

        assertThatThrownBy(() -> run(options))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NUMERICS))
                .hasMessageMatching("train: loss is not a number: step=0, layer=1, loss=(NaN|Infinity), sample=.*"
                        + "train.jsonl line \\d+");
        assertThat(checkpoint).hasContent("the last one");
        assertThat(output).doesNotExist();
    }

    @Test
    void aCheckpointOfAnotherRunIsRefused() throws IOException {
        leaveCheckpoint();
        assertFails(
                Fixtures.options(data, output, Recipe.paper(), 5, true),
                ErrorId.CHECKPOINT_MISMATCH,
                "train: checkpoint is of another run: recipe=Recipe[name=standard");
        TrainingOptions plain = Fixtures.options(data, output, 12, 5, true);
        TrainingOptions questionFirst = new TrainingOptions(
                plain.model(), null, plain.data(), output, "cpu", 2, plain.recipe(), 24, 512, 64, 8, true, 7, 5, true);
        assertFails(questionFirst, ErrorId.CHECKPOINT_MISMATCH, "train: checkpoint is of another run: data_sha256=");
        Fixtures.samples(data, 13);
        assertFails(
                Fixtures.options(data, output, 12, 5, true),
                ErrorId.CHECKPOINT_MISMATCH,
                "train: checkpoint is of another run: data_sha256=");
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        Path checkpoint = leaveCheckpoint();
        byte[] bytes = Files.readAllBytes(checkpoint);
        for (int at : new int[] {0, 9, 13, 40, bytes.length / 2, bytes.length - 1}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x55;
            Files.write(checkpoint, changed);
            ErrorId expected = at < 12 ? ErrorId.FILE_UNSUPPORTED : ErrorId.FILE_DAMAGED;
            assertFails(Fixtures.options(data, output, 12, 5, true), expected, "checkpoint");
        }
        for (int length : new int[] {0, 10, 60, bytes.length - 1}) {
            Files.write(checkpoint, Arrays.copyOf(bytes, length));
            ErrorId expected = length < 16 ? ErrorId.FILE_UNSUPPORTED : ErrorId.FILE_DAMAGED;
            assertFails(Fixtures.options(data, output, 12, 5, true), expected, "checkpoint");
        }
        Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length + 1));
        assertFails(
                Fixtures.options(data, output, 12, 5, true),
                ErrorId.FILE_DAMAGED,
                "train: checkpoint goes on after its last section, at byte " + bytes.length);
    }

    /** A run that ends by an error after its checkpoint of step 5. */
    private Path leaveCheckpoint() {
        class Stop extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }
        Fixtures.Log log = new Fixtures.Log() {
            @Override
            public void onStep(StepResult result) {
                if (result.step() == 6) {
                    throw new Stop();
                }
            }
        };
        assertThatThrownBy(() -> new TrainingRun(Fixtures.options(data, output, 12, 5, false), log).run())
                .isInstanceOf(Stop.class);
        Path checkpoint = directory.resolve("heads.safetensors.checkpoint");
        assertThat(checkpoint).exists();
        return checkpoint;
    }

    @Test
    void samplesBeyondTheWindowAreRefusedBeforeAnythingIsRead() {
        TrainingOptions good = Fixtures.options(data, output, 5, 1, false);
        TrainingOptions options = new TrainingOptions(
                good.model(),
                null,
                good.data(),
                output,
                "cpu",
                1,
                good.recipe(),
                24,
                1 << 20,
                64,
                8,
                false,
                7,
                1,
                false);
        assertFails(
                options, ErrorId.INVALID_ARGUMENT, "samples are longer than the model's window: max-tokens=1048576");
    }

    private static void assertFails(TrainingOptions options, ErrorId id, String message) {
        assertThatThrownBy(() -> run(options))
                .isInstanceOfSatisfying(
                        LocretException.class,
                        e -> assertThat(e.id()).as(e.getMessage()).isEqualTo(id))
                .hasMessageContaining(message);
    }

    private static Fixtures.Log run(TrainingOptions options) {
        Fixtures.Log log = new Fixtures.Log();
        new TrainingRun(options, log).run();
        return log;
    }
}
