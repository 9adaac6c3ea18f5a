package dev.locret.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.Dequantizer;
import dev.locret.format.SafetensorsFile;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against blocks of PyPI's gguf package, see src/test/python/quantize_vectors.py, and by declared bounds. */
class KvQuantizerTest {
    private static final int DIM = 64;

    private static float[] back(KvCacheType type, byte[] packed) {
        return new KvRows(type, DIM, null, packed).floats();
    }

    private static byte[] quantised(KvCacheType type, float[] rows) {
        KvRows out = KvRows.allocate(type, rows.length / DIM, DIM);
        for (int row = 0; row < rows.length / DIM; row++) {
            KvQuantizer.row(type, rows, row * DIM, DIM, out.packed(), out.at(row));
        }
        return out.packed();
    }

    @ParameterizedTest
    @EnumSource(value = KvCacheType.class, names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void everyBlockEqualsThatOfTheGgufPackage(KvCacheType type) throws Exception {
        Map<String, HostTensor> vectors = SafetensorsFile.open(Path.of(KvQuantizerTest.class
                        .getResource("/format/quantize.safetensors")
                        .toURI()))
                .tensors();
        float[] rows = Dequantizer.rows(vectors.get(type.elements() + ".rows"), 0, 1);
        HostTensor blocks = vectors.get(type.elements() + ".blocks");
        ByteBuffer content = blocks.bytes().slice(0, (int) blocks.sizeBytes());
        byte[] expected = new byte[content.remaining()];
        content.get(expected);
        assertThat(rows).hasSize(24 * DIM);
        assertThat(quantised(type, rows)).containsExactly(expected);
    }

    /** Bounds relative to the largest of 32 numbers: half a step, or for nibbles a whole one, and the scale as a half. */
    @ParameterizedTest
    @CsvSource({"F16, 0.00048828125", "Q8_0, 0.0044252955", "Q4_0, 0.12548828"})
    void errorsStayInsideTheTypesBound(KvCacheType type, float bound) {
        Random random = new Random(3);
        float[] rows = new float[200 * DIM];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        float[] actual = back(type, quantised(type, rows));
        double worst = 0;
        for (int block = 0; block < rows.length; block += 32) {
            float largest = 0;
            for (int j = block; j < block + 32; j++) {
                largest = Math.max(largest, Math.abs(rows[j]));
            }
            for (int j = block; j < block + 32; j++) {
                double error = Math.abs(actual[j] - rows[j]) / largest;
                assertThat(error).isLessThanOrEqualTo(bound);
                worst = Math.max(worst, error);
            }
        }
        // The bound is no wider than needed.
        assertThat(worst).isGreaterThan(0.8 * bound);
    }

    @ParameterizedTest
    @EnumSource(value = KvCacheType.class, names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void whatWasConvertedOnceConvertsToTheSameBits(KvCacheType type) {
        Random random = new Random(4);
        float[] rows = new float[500 * DIM];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) (random.nextGaussian() * Math.exp(-4 * random.nextInt(4)));
        }
        byte[] once = quantised(type, rows);
        float[] values = back(type, once);
        assertThat(back(type, quantised(type, values))).isEqualTo(values);
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheValue() {
        assertRefused(KvCacheType.F16, 70000, "f16: value=70000.0, largest=65504");
        assertRefused(KvCacheType.F16, Float.NaN, "f16: value=NaN, largest=65504");
        assertRefused(KvCacheType.Q8_0, Float.NEGATIVE_INFINITY, "q8_0: value=Infinity, largest=8319008");
        assertRefused(KvCacheType.Q8_0, Float.NaN, "q8_0: value=NaN, largest=8319008");
        assertRefused(KvCacheType.Q4_0, -65505, "q4_0: value=-65505.0, largest=65504");
    }

    private static void assertRefused(KvCacheType type, float value, String message) {
        float[] row = new float[DIM];
        row[40] = value;
        row[50] = 1;
        assertThatThrownBy(() -> quantised(type, row))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NUMERICS))
                .hasMessage("cache: key or value does not fit kv-cache-type=" + message);
    }

    @Test
    void namesAreThoseOfOptions() {
        assertThat(KvCacheType.of("q8_0")).isEqualTo(KvCacheType.Q8_0);
        assertThatThrownBy(() -> KvCacheType.of("q5_0"))
                .isInstanceOf(LocretException.class)
                .hasMessage("unknown kv-cache-type: kv-cache-type=q5_0, allowed=f32, f16, q8_0, q4_0");
        assertThatThrownBy(() -> KvCacheType.Q4_0.requireHeadDim(80))
                .isInstanceOf(LocretException.class)
                .hasMessage("kv-cache-type=q4_0 needs a head dimension that is a multiple of 32: head-dim=80");
    }
}
