package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.format.HeadsFile;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadsCommandTest {
    private final Path model = Golden.of("llama-tiny").directory();
    private final Path others = model.resolveSibling("heads");

    @TempDir
    Path directory;

    @Test
    void headsGoThereAndBack() throws IOException {
        Path source = model.resolve("retaining_heads.safetensors");
        Path torch = directory.resolve("heads.bin");
        Path back = directory.resolve("back.safetensors");
        CommandRun there = CommandRun.of("heads", "convert", source, torch);
        assertThat(there.status()).as(there.err()).isZero();
        assertThat(there.out().strip()).isEqualTo("6 tensors of locret heads: " + torch);
        CommandRun again = CommandRun.of("heads", "convert", torch, back, "--json");
        assertThat(again.json().get("heads").asText()).isEqualTo(back.toString());
        assertThat(again.json().get("kind").asText()).isEqualTo("locret");
        assertThat(again.json().get("tensors").asInt()).isEqualTo(6);
        HeadsFile.open(source).forEach((name, tensor) -> assertThat(
                        HeadsFile.open(back).get(name).rows(0, (int) tensor.rows()))
                .isEqualTo(tensor.rows(0, (int) tensor.rows())));
        // PyTorch's names for such files; the kind of file is told by its content.
        for (String ending : new String[] {".pth", ".pt"}) {
            Path named = directory.resolve("heads" + ending);
            assertThat(CommandRun.of("heads", "convert", back, named).status()).isZero();
            assertThat(HeadsFile.open(named)).hasSize(6);
        }
        assertThat(Files.list(directory)).noneMatch(f -> f.toString().endsWith(".part"));
    }

    @Test
    void metadataThatFindsNoPlaceIsNamed() {
        Path source = directory.resolve("source.safetensors");
        dev.locret.format.SafetensorsWriter.write(
                "test",
                source,
                HeadsFile.open(others.resolve("kvzap-mlp.safetensors")).values(),
                java.util.Map.of("recipe", "none"));
        CommandRun kept = CommandRun.of("heads", "convert", source, directory.resolve("copy.safetensors"));
        assertThat(kept.err()).isEmpty();
        assertThat(HeadsFile.metadata(directory.resolve("copy.safetensors"))).containsEntry("recipe", "none");
        CommandRun lost = CommandRun.of("heads", "convert", source, directory.resolve("copy.bin"));
        assertThat(lost.err().strip()).isEqualTo("PyTorch files have no place for metadata, left out: recipe");
    }

    @Test
    void saysWhatAFileHolds() {
        JsonNode report = CommandRun.of(
                        "heads", "info", others.resolve("trimkv_weights.pth"), "--model", model, "--json")
                .json();
        assertThat(report.get("kind").asText()).isEqualTo("trimkv");
        assertThat(report.get("layers").asInt()).isEqualTo(3);
        assertThat(report.at("/layer0/model.layers.0.self_attn.retention_gate.linear1.weight")
                        .asText())
                .isEqualTo("[12, 128]");
        assertThat(report.get("layer0")).hasSize(4);
        assertThat(report.at("/tensors/BF16/count").asInt()).isEqualTo(12);
        assertThat(report.at("/tensors/BF16/bytes").asInt()).isEqualTo(3 * 2 * (12 * 128 + 12 + 8 * 12 + 8));

        CommandRun text = CommandRun.of("heads", "info", model.resolve("retaining_heads.bin"));
        assertThat(text.status()).as(text.err()).isZero();
        assertThat(text.out().lines())
                .anyMatch(line -> line.matches(" +policy +locret"))
                .anyMatch(line -> line.matches(" +BF16 +6 tensors of 1\\.5 MiB in all"))
                .anyMatch(line -> line.matches(" +model\\.layers\\.0\\.self_attn\\.fc2\\.weight +\\[8, 1024\\]"))
                .doesNotContain("metadata");
    }

    @Test
    void mistakesAreNamed() {
        Path kvzap = others.resolve("kvzap-linear.safetensors");
        CommandRun ending = CommandRun.of("heads", "convert", kvzap, directory.resolve("heads.gguf"));
        assertThat(ending.status()).isEqualTo(2);
        assertThat(ending.err().strip())
                .isEqualTo("locret: invalid-argument: unknown ending: output=heads.gguf, allowed=.safetensors, .bin,"
                        + " .pth, .pt");
        CommandRun other = CommandRun.of(
                "heads", "info", kvzap, "--model", Golden.of("qwen2-tiny").directory());
        assertThat(other.status()).isEqualTo(1);
        assertThat(other.err().strip())
                .isEqualTo(
                        "locret: heads-mismatch: heads: made for another number of layers: heads=3, model=2: " + kvzap);
        CommandRun model = CommandRun.of("heads", "info", this.model.resolve("model.safetensors"));
        assertThat(model.err()).contains("locret: heads-mismatch: heads: of no known kind: first of 30 tensors=");
        assertThat(CommandRun.of("heads").err()).contains("Missing command (see 'locret heads --help')");
    }
}
