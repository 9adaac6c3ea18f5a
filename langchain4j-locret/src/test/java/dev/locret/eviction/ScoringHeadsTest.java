package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import dev.locret.testing.Records;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which heads a file holds, and what is wrong with it. */
class ScoringHeadsTest {
    private static final String GATE = "model.layers.1.self_attn.retention_gate.";

    @ParameterizedTest
    @CsvSource({
        "trimkv_weights.pth, llama-tiny, TRIMKV, 2, 12",
        "dbtrimkv_weights.pth, llama-tiny, TRIMKV, 3, 10",
        "kvzap-linear.safetensors, llama-tiny, KVZAP, 1, 8",
        "kvzap-mlp.safetensors, llama-tiny, KVZAP, 2, 16",
        "apb-qwen2.bin, qwen2-tiny, LOCRET, 2, 20"
    })
    void theKindIsToldByTheNames(String file, String model, HeadKind kind, int depth, int width) {
        ModelConfig config = TrainedHeadFiles.config(model);
        ScoringHeads heads = ScoringHeads.of(TrainedHeadFiles.tensors(file), config, file);
        assertThat(heads.kind()).isEqualTo(kind);
        assertThat(heads.networks()).hasSize(config.layers()).allSatisfy(network -> {
            assertThat(network).hasSize(depth);
            assertThat(network.get(0).weight().rows()).isEqualTo(width);
            assertThat(network.get(depth - 1).weight().rows()).isEqualTo(config.kvHeads());
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trimkv_weights.pth | qwen2-tiny | made for another number of layers: heads=3, model=2",
                "kvzap-mlp.safetensors | qwen2-tiny | made for another number of layers: heads=3, model=2",
                "apb-qwen2.bin | llama-tiny | tensor 'model.layers.0.self_attn.fc1.weight' has shape [20, 160], the"
                        + " model needs [20, 256]"
            })
    void headsOfAnotherModelAreRefused(String file, String model, String message) {
        assertRefused(file, model, tensors -> {}, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kvzap-linear.safetensors | hiddenSize | 96 | 'layers.0.weight' has shape [8, 128], the model needs"
                        + " [8, 96]",
                "kvzap-mlp.safetensors | hiddenSize | 96 | 'layers.0.0.weight' has shape [16, 128], the model needs"
                        + " [16, 96]",
                "kvzap-mlp.safetensors | kvHeads | 4 | 'layers.0.2.weight' has shape [8, 16], the model needs [4, 16]",
                "trimkv_weights.pth | hiddenSize | 96 | 'model.layers.0.self_attn.retention_gate.linear1.weight' has"
                        + " shape [12, 128], the model needs [12, 96]",
                "dbtrimkv_weights.pth | kvHeads | 4 | 'model.layers.0.self_attn.retention_gate.linear3.weight' has"
                        + " shape [8, 10], the model needs [4, 10]",
            })
    void shapesOfAnotherModelAreRefused(String file, String field, int value, String message) {
        ModelConfig config = Records.with(TrainedHeadFiles.config("llama-tiny"), field, value);
        assertThatThrownBy(() -> ScoringHeads.of(TrainedHeadFiles.tensors(file), config, file))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.HEADS_MISMATCH))
                .hasMessage("heads: tensor " + message + ": " + file);
    }

    @Test
    void aTensorThatIsMissingIsNamed() {
        assertRefused(
                "trimkv_weights.pth",
                "llama-tiny",
                tensors -> tensors.remove(GATE + "bias"),
                "tensor '" + GATE + "bias' is missing among 11");
        assertRefused(
                "kvzap-mlp.safetensors",
                "llama-tiny",
                tensors -> tensors.remove("layers.2.2.weight"),
                "tensor 'layers.2.2.weight' is missing among 11");
    }

    @Test
    void aTensorThatNobodyReadsIsNamed() {
        assertRefused(
                "trimkv_weights.pth",
                "llama-tiny",
                tensors -> tensors.put(GATE + "up_proj.weight", zeros(8, 8)),
                "tensor '" + GATE + "up_proj.weight' has no place in heads of kind 'trimkv'");
        assertRefused(
                "kvzap-linear.safetensors",
                "llama-tiny",
                tensors -> tensors.put("layers.1.0.bias", zeros(8)),
                "tensor 'layers.1.0.bias' has no place in heads of kind 'kvzap'");
        assertRefused(
                "kvzap-linear.safetensors",
                "llama-tiny",
                tensors -> tensors.put("layers.999999999.weight", zeros(8)),
                "made for another number of layers: heads=1000000000, model=3");
    }

    @Test
    void aWidthOutOfRangeIsRefused() {
        assertRefused(
                "kvzap-mlp.safetensors",
                "llama-tiny",
                tensors -> tensors.put("layers.0.0.weight", zeros(1 << 21, 128)),
                "width out of range: d_R=2097152, allowed=1..1048576");
        assertRefused(
                "trimkv_weights.pth",
                "llama-tiny",
                tensors -> tensors.put("model.layers.0.self_attn.retention_gate.linear1.weight", zeros(0, 128)),
                "width out of range: d_R=0, allowed=1..1048576");
    }

    @Test
    void tensorsOfNoKnownKindAreRefused() {
        String known = ", known=model.layers.0.self_attn.fc1.weight (Locret, APB),"
                + " model.layers.0.self_attn.retention_gate.linear1.weight (TrimKV), layers.0.weight or"
                + " layers.0.0.weight (KVzap)";
        assertRefused(
                "kvzap-linear.safetensors",
                "llama-tiny",
                tensors -> {
                    tensors.clear();
                    tensors.put("z.weight", zeros(1));
                    tensors.put("embed.weight", zeros(1));
                },
                "of no known kind: first of 2 tensors='embed.weight'" + known);
        assertRefused(
                "kvzap-linear.safetensors",
                "llama-tiny",
                Map::clear,
                "of no known kind: first of 0 tensors=none" + known);
    }

    private static HostTensor zeros(long... dims) {
        return new HostTensor("zeros", DType.F32, Shape.of(dims), (offset, length) -> {
            throw new AssertionError("shapes come first");
        });
    }

    private static void assertRefused(
            String file, String model, Consumer<Map<String, HostTensor>> change, String message) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>(TrainedHeadFiles.tensors(file));
        change.accept(tensors);
        ModelConfig config = TrainedHeadFiles.config(model);
        assertThatThrownBy(() -> ScoringHeads.of(tensors, config, file))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.HEADS_MISMATCH))
                .hasMessage("heads: " + message + ": " + file);
    }
}
