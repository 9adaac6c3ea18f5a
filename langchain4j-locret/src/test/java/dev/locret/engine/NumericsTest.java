package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.greedy;
import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.ScaledModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values far outside the usual, in weights. */
class NumericsTest {
    @TempDir
    Path directory;

    private EngineOptions scaled(String tensor, int powerOfTwo) throws IOException {
        ScaledModel.write(EngineFixtures.tiny(), directory, tensor, powerOfTwo);
        return EngineOptions.builder(directory).threads(1).build();
    }

    @Test
    void logitsPastTheRangeOf16BitsChangeNothing() throws IOException {
        int[] expected;
        try (LocretEngine engine = LocretEngine.load(
                EngineOptions.builder(EngineFixtures.tiny()).threads(1).build())) {
            expected = engine.generate(greedy(prompt(40, 1), 8)).tokens();
        }
        try (LocretEngine engine = LocretEngine.load(scaled("lm_head.weight", 24))) {
            TraceResult trace = engine.trace(prompt(40, 1), 8, true);
            float largest = 0;
            for (float logit : trace.promptLogits()) {
                largest = Math.max(largest, Math.abs(logit));
            }
            assertThat(largest).isGreaterThan(65504).isLessThan(Float.POSITIVE_INFINITY);
            assertThat(trace.generated()).containsExactly(expected);
        }
    }

    @Test
    void logitsThatAreNoNumbersAreAnError() throws IOException {
        try (LocretEngine engine = LocretEngine.load(scaled("model.layers.1.mlp.down_proj.weight", 127))) {
            assertThatThrownBy(() -> engine.generate(greedy(prompt(40, 1), 8)))
                    .isInstanceOfSatisfying(
                            LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NUMERICS))
                    .hasMessage("forward: NaN or infinity before attention of layer 2");
            // The worker lives on.
            assertThatThrownBy(() -> engine.generate(greedy(prompt(3, 1), 1)))
                    .hasMessageStartingWith("forward: NaN or infinity");
        }
    }
}
