package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kernels against double arithmetic at odd sizes; each operation declares its own bound. */
class KernelsTest {
    private final Random random = new Random(7);

    private static Kernels kernels(String name) {
        return KernelProvider.choose(name);
    }

    private float[] floats(int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "vector, 1, 1",
        "vector, 2, 33",
        "vector, 7, 129",
        "vector, 13, 64",
        "fallback, 1, 1",
        "fallback, 7, 130"
    })
    void multiplySumsTheDepthInOrder(String name, int rows, int depth) {
        Kernels kernels = kernels(name);
        int width = kernels.width();
        float[] a = floats(rows * depth + 3);
        float[] b = floats(depth * width);
        float[] c = floats(rows * width);
        float[] before = c.clone();
        kernels.multiply(rows, depth, a, 3, depth, b, 0, c, 0, width, true);
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < width; j++) {
                float sum = before[r * width + j];
                for (int k = 0; k < depth; k++) {
                    sum = Math.fma(a[3 + r * depth + k], b[k * width + j], sum);
                }
                // The order of the sum is part of the contract: not a bit may differ.
                assertThat(c[r * width + j]).isEqualTo(sum);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"vector, 8, 5", "vector, 43, 130", "fallback, 48, 33", "fallback, 256, 64", "fallback, 555, 66"})
    void rowsSideBySideGiveTheBitsOfRowsAsTheyLie(String name, int rows, int depth) {
        Kernels kernels = kernels(name);
        int width = kernels.width();
        int packed = kernels.packedRows(rows);
        int group = kernels.inputRows();
        assertThat(packed).isBetween(rows - 47, rows).isPositive();
        float[] a = floats(rows * depth);
        float[] inputs = new float[(packed + group - 1) / group * group * depth];
        for (int r = 0; r < packed; r++) {
            for (int k = 0; k < depth; k++) {
                inputs[r / group * group * depth + k * group + r % group] = a[r * depth + k];
            }
        }
        float[] b = floats(depth * width);
        for (boolean accumulate : new boolean[] {false, true}) {
            float[] c = floats(packed * width);
            float[] expected = c.clone();
            kernels.multiply(packed, depth, a, 0, depth, b, 0, expected, 0, width, accumulate);
            kernels.multiplyInputs(packed, depth, inputs, 0, group * depth, b, 0, c, 0, width, accumulate);
            assertThat(c).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "fallback"})
    void expHasSmallRelativeError(String name) {
        Kernels kernels = kernels(name);
        for (int n : new int[] {1, 7, 16, 33, 600}) {
            float[] x = new float[n + 2];
            for (int i = 0; i < x.length; i++) {
                x[i] = -100 * random.nextFloat();
            }
            float[] in = x.clone();
            float sum = kernels.exp(x, 1, n, 0.5f);
            double expected = 0;
            for (int i = 1; i <= n; i++) {
                double e = Math.exp(in[i] - 0.5f);
                // Degree six leaves 2e-7; results below the smallest normal float are flushed to zero.
                assertThat((double) x[i]).isBetween(e * (1 - 5e-7) - 2e-38, e * (1 + 5e-7) + 2e-38);
                expected += e;
            }
            assertThat((double) sum).isBetween(expected * (1 - 2e-6), expected * (1 + 2e-6));
            assertThat(x[0]).isEqualTo(in[0]);
            assertThat(x[n + 1]).isEqualTo(in[n + 1]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "fallback"})
    void extremeArgumentsOfExpAreSafe(String name) {
        float[] x = {Float.NEGATIVE_INFINITY, -1e30f, 0f, 88f, 1000f, -87.2f, -200f, 1f};
        kernels(name).exp(x, 0, 8, 0f);
        assertThat(x[0]).isZero();
        assertThat(x[1]).isZero();
        assertThat(x[2]).isEqualTo(1f);
        assertThat(x[4]).isGreaterThan(1e38f).isFinite();
        assertThat(x[6]).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "fallback"})
    void elementwiseOperationsHandleEveryLength(String name) {
        Kernels kernels = kernels(name);
        for (int n : new int[] {1, 4, 7, 16, 31, 39, 256, 300}) {
            float[] x = floats(n + 1);
            float[] y = floats(n + 2);
            float[] out = new float[n + 1];
            kernels.siluTimes(x, 1, y, 2, n, out, 1);
            double squares = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                double g = x[1 + i];
                assertThat((double) out[1 + i]).isCloseTo(g / (1 + Math.exp(-g)) * y[2 + i], within(2e-6));
                squares += (double) x[1 + i] * x[1 + i];
                max = Math.max(max, x[1 + i]);
            }
            assertThat((double) kernels.sumOfSquares(x, 1, n)).isCloseTo(squares, within(1e-5 * Math.sqrt(n)));
            assertThat(kernels.max(x, 1, n)).isEqualTo(max);
            kernels.scaleBy(x, 1, 2f, y, n, out, 1);
            assertThat(out[n]).isEqualTo(x[n] * 2f * y[n - 1]);
            float last = x[n];
            kernels.scale(x, 1, n, 3f);
            assertThat(x[n]).isEqualTo(last * 3f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "fallback"})
    void rotateTurnsPairsAndCopiesTheRest(String name) {
        Kernels kernels = kernels(name);
        int width = kernels.width();
        int headDim = 12;
        int dimensions = 8;
        int table = 7;
        float[] keys = floats(headDim * width);
        float[] cosines = floats(table + dimensions / 2 * width);
        float[] sines = floats(table + dimensions / 2 * width);
        float[] out = new float[headDim * width];
        kernels.rotate(keys, 0, headDim, dimensions, cosines, sines, table, out, 0);
        for (int lane = 0; lane < width; lane++) {
            for (int j = 0; j < 4; j++) {
                double x = keys[j * width + lane];
                double y = keys[(j + 4) * width + lane];
                double cosine = cosines[table + j * width + lane];
                double sine = sines[table + j * width + lane];
                assertThat((double) out[j * width + lane]).isCloseTo(x * cosine - y * sine, within(2e-6));
                assertThat((double) out[(j + 4) * width + lane]).isCloseTo(y * cosine + x * sine, within(2e-6));
            }
            for (int j = dimensions; j < headDim; j++) {
                assertThat(out[j * width + lane]).isEqualTo(keys[j * width + lane]);
            }
        }
    }

    /** Else a result would depend on whether HotSpot has compiled the loop yet, and equal scores would differ. */
    @Test
    void addsLanesInOneOrder() {
        Kernels kernels = kernels("vector");
        int lanes = kernels.width() / 2;
        float[] x = floats(101);
        float[] sums = new float[lanes];
        int vectors = x.length / lanes * lanes;
        for (int i = 0; i < vectors; i++) {
            sums[i % lanes] = Math.fma(x[i], x[i], sums[i % lanes]);
        }
        for (int half = lanes / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        float sum = sums[0];
        for (int i = vectors; i < x.length; i++) {
            sum = Math.fma(x[i], x[i], sum);
        }
        assertThat(kernels.sumOfSquares(x, 0, x.length)).isEqualTo(sum);
    }

    /** Every type: packed, then unpacked by panel, by row, and multiplied, against the reference dequantiser. */
    @ParameterizedTest
    @CsvSource({
        "vector, F32",
        "vector, F16",
        "vector, BF16",
        "vector, Q8_0",
        "vector, Q4_0",
        "vector, Q4_1",
        "vector, Q5_0",
        "vector, Q5_1",
        "vector, Q4_K",
        "vector, Q5_K",
        "vector, Q6_K",
        "fallback, F32",
        "fallback, F16",
        "fallback, BF16",
        "fallback, Q8_0",
        "fallback, Q4_0",
        "fallback, Q4_1",
        "fallback, Q5_0",
        "fallback, Q5_1",
        "fallback, Q4_K",
        "fallback, Q5_K",
        "fallback, Q6_K"
    })
    void packedWeightsAreTheFilesValues(String name, DType type) {
        Kernels kernels = kernels(name);
        int rows = 2 * kernels.width() + 5;
        int columns = Math.max(64, 2 * type.blockSize());
        HostTensor tensor = RandomTensor.of(type, rows, columns, random);
        CpuWeight weight = CpuWeight.pack(tensor, kernels.width());
        float[] expected = dev.locret.format.Dequantizer.rows(tensor, 0, rows);
        float[] row = new float[columns];
        WeightReader reader = new WeightReader(weight);
        float[] x = floats(columns);
        float[] product = new float[weight.panels() * kernels.width()];
        if (weight.words() != null) {
            kernels.multiplyPacked(
                    weight.format(),
                    weight.words(),
                    0,
                    weight.panels(),
                    weight.panelWords(),
                    weight.groups(),
                    x,
                    0,
                    product,
                    0,
                    new float[256 * kernels.width()]);
        }
        for (int r = 0; r < rows; r++) {
            reader.row(r, row, 0);
            double dot = 0;
            double size = 0;
            for (int c = 0; c < columns; c++) {
                assertThat(row[c]).as("row %s column %s", r, c).isEqualTo(expected[r * columns + c]);
                dot += (double) x[c] * row[c];
                size += Math.abs(x[c] * row[c]);
            }
            if (weight.words() != null) {
                // Products taken on the integers cancel: each of the two sums is at most three times the absolute one.
                assertThat((double) product[r]).as("product of row %s", r).isCloseTo(dot, within(3e-6 * size + 1e-12));
                float[] panel = new float[weight.groups() * weight.format().groupSize() * kernels.width()];
                kernels.unpack(
                        weight.format(),
                        weight.words(),
                        r / kernels.width() * weight.panelWords(),
                        weight.groups(),
                        panel);
                for (int c = 0; c < columns; c++) {
                    assertThat(panel[c * kernels.width() + r % kernels.width()]).isEqualTo(row[c]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 0000c07f", "F16, 007c", "BF16, 807f", "Q4_1, 007e", "Q8_0, 00fc"})
    void weightsThatAreNoNumbersAreRefused(DType type, String bits) {
        HostTensor tensor = RandomTensor.of(type, 4, 64, random);
        byte[] bad = java.util.HexFormat.of().parseHex(bits);
        ByteBuffer copy =
                ByteBuffer.allocate(Math.toIntExact(tensor.sizeBytes())).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(tensor.rows(0, 4)).put(0, bad);
        HostTensor damaged = new HostTensor(
                "blk.1.w", type, tensor.shape(), (offset, length) -> copy.slice(Math.toIntExact(offset), length)
                        .order(ByteOrder.LITTLE_ENDIAN));
        assertThatThrownBy(() -> CpuWeight.pack(damaged, 8))
                .hasMessage("model: weight 'blk.1.w' holds NaN or infinity, type " + type);
    }

    @Test
    void anOddNumberOfInputsOfSixteenBitsIsRefused() {
        HostTensor tensor = RandomTensor.of(DType.BF16, 3, 5, random);
        try (CpuBackend backend = new CpuBackend(1, "fallback")) {
            assertThatThrownBy(() -> backend.load(tensor))
                    .hasMessage("model: weight 'random' has 5 inputs, type BF16 needs a multiple of 2");
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    /** Random blocks of a type whose scales are ordinary numbers. */
    static final class RandomTensor {
        private RandomTensor() {}

        static HostTensor of(DType type, int rows, int columns, Random random) {
            int rowBytes = Math.toIntExact(type.bytes(columns));
            ByteBuffer bytes = ByteBuffer.allocate(rows * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
            random.nextBytes(bytes.array());
            if (type == DType.F32) {
                for (int i = 0; i < rows * columns; i++) {
                    bytes.putFloat(4 * i, (float) random.nextGaussian());
                }
            } else if (type == DType.BF16) {
                for (int i = 0; i < rows * columns; i++) {
                    bytes.putShort(2 * i, (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
                }
            } else {
                int step = type == DType.F16 ? 2 : type.blockBytes();
                int scaleAt = type == DType.Q6_K ? 208 : 0;
                boolean two = type == DType.Q4_1 || type == DType.Q5_1 || type == DType.Q4_K || type == DType.Q5_K;
                for (int at = 0; at < rows * rowBytes; at += step) {
                    bytes.putShort(at + scaleAt, half(random));
                    if (two) {
                        bytes.putShort(at + scaleAt + 2, half(random));
                    }
                }
            }
            return new HostTensor("random", type, Shape.of(rows, columns), (offset, length) -> bytes.slice(
                            Math.toIntExact(offset), length)
                    .order(ByteOrder.LITTLE_ENDIAN));
        }

        /** A half of either sign between 2^-14, sometimes subnormal, and 8. */
        private static short half(Random random) {
            return (short) (random.nextInt(18 << 10) | (random.nextBoolean() ? 0x8000 : 0));
        }
    }
}
