package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.Matrix;
import dev.locret.backend.check.SampleTensors;
import dev.locret.testing.EmulatedCuda;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What operations tell beside their results, which {@code OperationChecksTest} compares. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaOperationsTest {
    @BeforeEach
    void install() {
        EmulatedCuda.install();
    }

    @Test
    void theLeastUnsoundSiteIsRemembered() {
        try (Backend backend = CudaBackend.open(0)) {
            float[] rows = new float[3 * 40];
            rows[45] = Float.NaN;
            rows[100] = 1e30f;
            Matrix in = SampleTensors.matrix(backend, rows, 40);
            DeviceBuffer weight = backend.loadFloats(SampleTensors.floats("w", new float[40], 40));
            Matrix out = Matrix.of(backend.allocate("out", 120), 40);
            backend.rmsNorm(in.from(2), 1, weight, 0, out, 9);
            backend.rmsNorm(in, 2, weight, 0, out, 7);
            backend.rmsNorm(in, 1, weight, 0, out, 2);
            assertThat(backend.takeFault()).isEqualTo(7);
            assertThat(backend.takeFault()).isEqualTo(-1);
        }
    }
}
