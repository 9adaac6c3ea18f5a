package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNameTest {
    @ParameterizedTest
    @CsvSource({
        "/hub/models--owner--some--model/snapshots/1/m.gguf, owner/some--model",
        "/hub/models--owner--model/snapshots/1, owner/model",
        "/x/SmolLM2-135M.Q4_1.gguf, SmolLM2-135M.Q4_1",
        "/x/tiny.safetensors, tiny",
        "/x/Phi-3-mini/model.safetensors, Phi-3-mini",
        "/x/Phi-3-mini/model.safetensors.index.json, Phi-3-mini",
        "/x/Phi-3.5-mini/, Phi-3.5-mini",
        "/, /"
    })
    void thePathNamesAModel(String path, String name) {
        assertThat(ModelName.of(Path.of(path))).isEqualTo(name);
    }
}
