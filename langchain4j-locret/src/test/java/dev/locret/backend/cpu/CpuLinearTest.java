package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of both ways, that of a decode step and that of a chunk, with every kind of start. */
class CpuLinearTest {
    private static HostTensor tensor(float[] values, int rows) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new HostTensor(
                "tensor", DType.F32, Shape.of(rows, values.length / rows), (offset, length) -> bytes.slice(
                                (int) offset, length)
                        .order(ByteOrder.LITTLE_ENDIAN));
    }

    private static float[] gaussian(Random random, int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    @ParameterizedTest(name = "{0}: {1} rows, {2} inputs, bias {3}, accumulate {4}")
    @CsvSource({
        "vector, 3, 33, true, true", "vector, 33, 33, true, true", "vector, 131, 3100, true, true",
        "vector, 33, 3100, true, false", "vector, 3, 33, true, false", "vector, 33, 33, false, true",
        "fallback, 3, 33, true, true", "fallback, 33, 33, true, true", "fallback, 33, 7000, true, true",
        "fallback, 33, 7000, true, false", "fallback, 3, 33, false, false"
    })
    void addsTheBiasOnceWhateverItStartsFrom(String kernels, int rows, int inputs, boolean biased, boolean accumulate) {
        Random random = new Random(inputs);
        int outputs = 37;
        float[] weight = gaussian(random, outputs * inputs);
        float[] in = gaussian(random, rows * inputs);
        float[] bias = gaussian(random, outputs);
        float[] old = gaussian(random, rows * outputs);
        float[] actual;
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            backend.reserveLinear(rows, inputs);
            Matrix out = Matrix.of(backend.loadFloats(tensor(old, rows)), outputs);
            Projection projection = new Projection(
                    backend.load(tensor(weight, outputs)), biased ? backend.loadFloats(tensor(bias, 1)) : null, out);
            Matrix input = Matrix.of(backend.loadFloats(tensor(in, rows)), inputs);
            backend.linear(input, rows, List.of(projection), accumulate);
            actual = backend.download(out, rows);
        }
        for (int i = 0; i < actual.length; i++) {
            double expected = (biased ? bias[i % outputs] : 0) + (accumulate ? old[i] : 0);
            for (int k = 0; k < inputs; k++) {
                expected += (double) in[i / outputs * inputs + k] * weight[i % outputs * inputs + k];
            }
            // One f32 sum after the other of products of size 1: rounding grows with their number.
            assertThat((double) actual[i]).as("element %s", i).isCloseTo(expected, offset(1e-5 + 3e-7 * inputs));
        }
    }
}
