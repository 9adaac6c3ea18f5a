package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadsFileTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "phi3-tiny"})
    void authorsTorchFileHoldsTheSameValuesAsSafetensors(String model) {
        Map<String, HostTensor> torch = HeadsFile.open(GoldenModels.path(model).resolve("retaining_heads.bin"));
        Map<String, HostTensor> safe = HeadsFile.open(GoldenModels.path(model).resolve("retaining_heads.safetensors"));
        assertThat(torch.keySet()).isEqualTo(safe.keySet()).hasSize(6);
        torch.forEach((name, tensor) -> {
            HostTensor same = safe.get(name);
            assertThat(tensor.type()).isEqualTo(DType.BF16);
            assertThat(tensor.shape()).isEqualTo(same.shape());
            int rows = Math.toIntExact(tensor.rows());
            assertThat(tensor.rows(0, rows)).isEqualTo(same.rows(0, rows));
        });
    }

    @Test
    void goesByContentAndNotByName() throws IOException {
        Path source = GoldenModels.path("llama-tiny").resolve("retaining_heads.safetensors");
        Path renamed = Files.copy(source, dir.resolve("heads.bin"));
        assertThat(HeadsFile.open(renamed)).hasSize(6);
    }

    @Test
    void refusesOtherFiles() throws IOException {
        Path old = Files.write(dir.resolve("old.bin"), new byte[] {(byte) 0x80, 2, 'l', 0, 0, 0, 0, 0, 0, 0});
        assertThatThrownBy(() -> HeadsFile.open(old))
                .hasMessage("heads: PyTorch file of the format before 1.6, load it and save it again with a newer"
                        + " PyTorch: " + old);
        Path text = Files.writeString(dir.resolve("text.bin"), "no heads at all");
        assertThatThrownBy(() -> HeadsFile.open(text))
                .hasMessage("heads: neither safetensors nor a PyTorch archive, by its first bytes: " + text);
    }
}
