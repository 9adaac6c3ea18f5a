package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.tensor.DType;
import dev.locret.testing.EmulatedCuda;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Norms, activations, copies and surprise against the CPU's scalar kernels, at odd sizes. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaOperationsTest {
    /** Sums of up to 1000 squares in another order, other exponentials: about 1e-6, squared. */
    private static final double BOUND = 1e-11;

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    private void mode(String mode) {
        switch (mode) {
            case "strict" -> emulation.strict().order(3);
            case "check" -> emulation.check();
            default -> emulation.order(-1);
        }
    }

    private static void compare(Function<Backend, float[]> operation) {
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            assertThat(Tensors.error(operation.apply(cuda), operation.apply(cpu)))
                    .isLessThan(BOUND);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 1, 1", "'', 3, 31", "'', 33, 257", "'', 2, 1000", "strict, 31, 33", "check, 3, 129"})
    void normsAndActivations(String mode, int rows, int columns) {
        mode(mode);
        compare(backend -> {
            Random random = new Random(columns);
            Matrix in = Tensors.matrix(backend, Tensors.gaussian(random, rows * columns), columns);
            DeviceBuffer weight = backend.loadFloats(Tensors.floats("w", Tensors.gaussian(random, columns), columns));
            Matrix out = Matrix.of(backend.allocate("out", (long) rows * (columns + 3)), columns + 3);
            backend.rmsNorm(in, rows, weight, 1e-5f, out.slice(2, columns), 4);
            assertThat(backend.takeFault()).isEqualTo(-1);
            return backend.download(out, rows);
        });
        compare(backend -> {
            Matrix in = Tensors.matrix(backend, Tensors.gaussian(new Random(rows), rows * 2 * columns), 2 * columns);
            Matrix out = Matrix.of(backend.allocate("out", (long) rows * columns), columns);
            backend.gatedActivation(in, rows, out);
            backend.silu(out, rows);
            backend.gelu(in, rows);
            Matrix gathered = Matrix.of(backend.allocate("gathered", 2L * columns), columns);
            backend.gatherRows(out, new int[] {rows - 1, 0}, gathered);
            float[] all = new float[(3 * rows + 2) * columns];
            System.arraycopy(backend.download(out, rows), 0, all, 0, rows * columns);
            System.arraycopy(backend.download(gathered, 2), 0, all, rows * columns, 2 * columns);
            System.arraycopy(backend.download(in, rows), 0, all, (rows + 2) * columns, 2 * rows * columns);
            return all;
        });
    }

    @Test
    void theLeastUnsoundSiteIsRemembered() {
        try (Backend backend = CudaBackend.open(0)) {
            float[] rows = new float[3 * 40];
            rows[45] = Float.NaN;
            rows[100] = 1e30f;
            Matrix in = Tensors.matrix(backend, rows, 40);
            DeviceBuffer weight = backend.loadFloats(Tensors.floats("w", new float[40], 40));
            Matrix out = Matrix.of(backend.allocate("out", 120), 40);
            backend.rmsNorm(in.from(2), 1, weight, 0, out, 9);
            backend.rmsNorm(in, 2, weight, 0, out, 7);
            backend.rmsNorm(in, 1, weight, 0, out, 2);
            assertThat(backend.takeFault()).isEqualTo(7);
            assertThat(backend.takeFault()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "'', 2", "'', 70", "check, 35"})
    void surprise(String mode, int tokens) {
        mode(mode);
        compare(backend -> {
            Random random = new Random(tokens);
            backend.reserveLinear(80, 64);
            backend.reserveSampling(300);
            DeviceWeight output = backend.load(Tensors.weight(random, DType.F32, 300, 64));
            Matrix in = Tensors.matrix(backend, Tensors.gaussian(random, tokens * 64), 64);
            Matrix out = Matrix.of(backend.allocate("out", tokens * 3L), 3);
            backend.surprise(in, output, random.ints(tokens, 0, 300).toArray(), out);
            return backend.download(out, tokens);
        });
    }
}
