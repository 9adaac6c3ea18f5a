package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.check.SampleTensors;
import dev.locret.format.Dequantizer;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.testing.EmulatedCuda;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Linear layers and embeddings of every type against double arithmetic, at odd sizes. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaLinearTest {
    /** Rounding errors of f32 sums of up to 1300 products: about 1e-7, squared. */
    private static final double FULL = 1e-12;
    /** Inputs and weights rounded to 11 bits: 2⁻¹¹ squared, over 3, for each of them. */
    private static final double HALF = 2 * Math.pow(2, -22) / 3;
    /** Inputs rounded to 8 bits; weights are exact. */
    private static final double BRAIN = Math.pow(2, -16) / 3;

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    static Stream<Arguments> types() {
        return Stream.of(DType.values()).filter(DType::isFloating).flatMap(type -> Stream.of("", "strict", "check")
                .map(mode -> Arguments.of(type, mode)));
    }

    private void mode(String mode) {
        switch (mode) {
            case "strict" -> emulation.strict().order(7);
            case "check" -> emulation.check();
            default -> emulation.order(-1);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("types")
    void multipliesAndAccumulatesAtOddSizes(DType type, String mode) {
        mode(mode);
        Random random = new Random(type.ordinal());
        int[] columns = type.blockSize() == 1 ? new int[] {1, 33, 127, 1030} : new int[] {type.blockSize(), 1280};
        try (CudaBackend backend = CudaBackend.open(0)) {
            backend.reserveLinear(40, 1280);
            for (int inputs : columns) {
                for (int outputs : new int[] {1, 31, 33}) {
                    HostTensor tensor = SampleTensors.weight(random, type, outputs, inputs);
                    DeviceWeight weight = backend.load(tensor);
                    for (int rows : new int[] {1, 3, 8, 9, 33}) {
                        verify(backend, random, tensor, weight, rows, false);
                        verify(backend, random, tensor, weight, rows, true);
                    }
                }
            }
        }
    }

    private static void verify(
            CudaBackend backend, Random random, HostTensor tensor, DeviceWeight weight, int rows, boolean accumulate) {
        int inputs = weight.columns();
        int outputs = weight.rows();
        float[] in = SampleTensors.gaussian(random, rows * inputs);
        float[] old = SampleTensors.gaussian(random, rows * (outputs + 2));
        float[] bias = SampleTensors.gaussian(random, outputs);
        DeviceBuffer biasBuffer = backend.loadFloats(SampleTensors.floats("bias", bias, outputs));
        Matrix out = SampleTensors.matrix(backend, old, outputs + 2);
        Matrix inside = out.slice(1, outputs);
        backend.linear(
                SampleTensors.matrix(backend, in, inputs),
                rows,
                List.of(new Projection(weight, biasBuffer, inside)),
                accumulate);
        float[] expected = old.clone();
        float[] values = Dequantizer.rows(tensor, 0, outputs);
        // Of what is summed, not of the sum, which can happen to be nothing.
        double size = 0;
        for (int row = 0; row < rows; row++) {
            for (int o = 0; o < outputs; o++) {
                double before = bias[o] + (accumulate ? old[row * (outputs + 2) + 1 + o] : 0);
                double sum = before;
                size += before * before;
                for (int i = 0; i < inputs; i++) {
                    double product = (double) in[row * inputs + i] * values[o * inputs + i];
                    sum += product;
                    size += product * product;
                }
                expected[row * (outputs + 2) + 1 + o] = (float) sum;
            }
        }
        float[] actual = backend.download(out, rows);
        boolean exact = rows <= 8 || weight.type() == DType.F32;
        // Few numbers can be unlucky: four times what many would have.
        double bound = exact ? FULL : 4 * (weight.type() == DType.BF16 ? BRAIN : HALF);
        assertThat(SampleTensors.difference(actual, expected) / size)
                .as("%s: %s rows, %s inputs, %s outputs", weight.type(), rows, inputs, outputs)
                .isLessThan(bound);
        for (int row = 0; row < rows; row++) {
            assertThat(actual[row * (outputs + 2)]).isEqualTo(old[row * (outputs + 2)]);
            assertThat(actual[row * (outputs + 2) + outputs + 1]).isEqualTo(old[row * (outputs + 2) + outputs + 1]);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("types")
    void embedsEveryTypeAsTheDequantizer(DType type, String mode) {
        mode(mode);
        Random random = new Random(type.ordinal());
        int columns = type.blockSize() == 1 ? 1030 : 1280;
        HostTensor tensor = SampleTensors.weight(random, type, 7, columns);
        try (CudaBackend backend = CudaBackend.open(0)) {
            Matrix out = Matrix.of(backend.allocate("out", 4L * columns), columns);
            int[] tokens = {6, 0, 3, 3};
            backend.embed(backend.load(tensor), tokens, out);
            float[] actual = backend.download(out, tokens.length);
            for (int i = 0; i < tokens.length; i++) {
                float[] row = Arrays.copyOfRange(actual, i * columns, (i + 1) * columns);
                // One rounding less where scale and minimum are applied at once.
                assertThat(SampleTensors.error(row, Dequantizer.rows(tensor, tokens[i], 1)))
                        .isLessThan(1e-13);
            }
        }
    }

    @Test
    void fullPrecisionMultipliesChunksOfEveryTypeInFloats() {
        System.setProperty(Precision.PROPERTY, "full");
        try (CudaBackend backend = CudaBackend.open(0)) {
            backend.reserveLinear(20, 512);
            Random random = new Random(3);
            for (DType type : List.of(DType.BF16, DType.F16, DType.Q4_1, DType.Q6_K)) {
                HostTensor tensor = SampleTensors.weight(random, type, 33, 512);
                float[] in = SampleTensors.gaussian(random, 20 * 512);
                Matrix out = Matrix.of(backend.allocate("out", 20 * 33), 33);
                backend.linear(
                        SampleTensors.matrix(backend, in, 512),
                        20,
                        List.of(new Projection(backend.load(tensor), null, out)),
                        false);
                float[] expected = new float[20 * 33];
                float[] values = Dequantizer.rows(tensor, 0, 33);
                for (int i = 0; i < expected.length; i++) {
                    double sum = 0;
                    for (int k = 0; k < 512; k++) {
                        sum += (double) in[i / 33 * 512 + k] * values[i % 33 * 512 + k];
                    }
                    expected[i] = (float) sum;
                }
                assertThat(SampleTensors.error(backend.download(out, 20), expected))
                        .isLessThan(FULL);
            }
        } finally {
            System.clearProperty(Precision.PROPERTY);
        }
    }

    @Test
    void inputsBeyondTheRangeOfHalfPrecisionSurvive() {
        try (CudaBackend backend = CudaBackend.open(0)) {
            backend.reserveLinear(9, 64);
            float[] in = new float[9 * 64];
            for (int i = 0; i < in.length; i++) {
                in[i] = (i / 64 % 2 == 0 ? 3e7f : 1e-9f) * (1 + i % 5);
            }
            HostTensor tensor = SampleTensors.weight(new Random(1), DType.F16, 5, 64);
            Matrix out = Matrix.of(backend.allocate("out", 45), 5);
            backend.linear(
                    SampleTensors.matrix(backend, in, 64),
                    9,
                    List.of(new Projection(backend.load(tensor), null, out)),
                    false);
            float[] actual = backend.download(out, 9);
            float[] values = Dequantizer.rows(tensor, 0, 5);
            for (int row = 0; row < 9; row++) {
                float[] expected = new float[5];
                for (int o = 0; o < 5; o++) {
                    double sum = 0;
                    for (int i = 0; i < 64; i++) {
                        sum += (double) in[row * 64 + i] * values[o * 64 + i];
                    }
                    expected[o] = (float) sum;
                }
                assertThat(SampleTensors.error(Arrays.copyOfRange(actual, 5 * row, 5 * row + 5), expected))
                        .as("row %s", row)
                        .isLessThan(20 * HALF);
            }
        }
    }

    @Test
    void aRowsResultDoesNotDependOnItsNeighboursInADecodeStep() {
        try (CudaBackend backend = CudaBackend.open(0)) {
            backend.reserveLinear(8, 1280);
            Random random = new Random(4);
            DeviceWeight weight = backend.load(SampleTensors.weight(random, DType.Q4_K, 33, 1280));
            Matrix in = SampleTensors.matrix(backend, SampleTensors.gaussian(random, 8 * 1280), 1280);
            Matrix all = Matrix.of(backend.allocate("all", 8 * 33), 33);
            Matrix one = Matrix.of(backend.allocate("one", 33), 33);
            backend.linear(in, 7, List.of(new Projection(weight, null, all)), false);
            float[] together = backend.download(all, 7);
            for (int row = 0; row < 7; row++) {
                backend.linear(in.from(row), 1, List.of(new Projection(weight, null, one)), false);
                assertThat(backend.download(one, 1)).isEqualTo(Arrays.copyOfRange(together, 33 * row, 33 * row + 33));
            }
        }
    }
}
