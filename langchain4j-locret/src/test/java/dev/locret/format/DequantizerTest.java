package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against values of PyPI's gguf package, see src/test/python/dequantize_vectors.py. */
class DequantizerTest {
    private static Map<String, HostTensor> vectors() throws Exception {
        URL url = DequantizerTest.class.getResource("/format/dequantize.safetensors");
        return SafetensorsFile.open(Path.of(url.toURI())).tensors();
    }

    private static HostTensor packed(DType type, int rows) throws Exception {
        HostTensor blocks = vectors().get(type + ".blocks");
        long elements = blocks.sizeBytes() / type.blockBytes() * type.blockSize();
        return new HostTensor("blocks", type, Shape.of(rows, elements / rows), blocks.bytes());
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "I32", "I64"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyValueEqualsThatOfTheGgufPackage(DType type) throws Exception {
        float[] expected = Dequantizer.rows(vectors().get(type + ".values"), 0, 1);
        float[] actual = Dequantizer.rows(packed(type, 1), 0, 1);
        // Float.compare takes all NaN as one and tells 0 from -0.
        assertThat(Arrays.compare(actual, expected)).isZero();
        assertThat(actual).hasSizeGreaterThanOrEqualTo(8 * type.blockSize());
        assertThat(Arrays.stream(boxed(actual)).filter(Float::isFinite).count()).isGreaterThan(actual.length / 2);
    }

    private static Float[] boxed(float[] values) {
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "I32", "I64"},
            mode = EnumSource.Mode.EXCLUDE)
    void rowsInTheMiddleGoWhereTheyAreAskedTo(DType type) throws Exception {
        HostTensor tensor = packed(type, 4);
        int columns = (int) tensor.columns();
        float[] all = Dequantizer.rows(tensor, 0, 4);
        float[] out = new float[2 * columns + 5];
        Dequantizer.rows(tensor, 1, 2, out, 3);
        assertThat(Arrays.copyOfRange(out, 3, 3 + 2 * columns))
                .isEqualTo(Arrays.copyOfRange(all, columns, 3 * columns));
        assertThat(out[2]).isZero();
        assertThat(out[3 + 2 * columns]).isZero();
    }

    @Test
    void readsPlainFloats() {
        HostTensor tensor = floats(1.5f, -0f, Float.MIN_VALUE, Float.POSITIVE_INFINITY);
        assertThat(Dequantizer.rows(tensor, 1, 1)).containsExactly(Float.MIN_VALUE, Float.POSITIVE_INFINITY);
    }

    @Test
    void refusesRowsOutsideTheTensor() {
        HostTensor tensor = floats(1, 2, 3, 4);
        assertThatThrownBy(() -> Dequantizer.rows(tensor, 1, 2))
                .hasMessage("rows out of range: begin=1, count=2, rows=2");
        assertThatThrownBy(() -> Dequantizer.rows(tensor, 0, 2, new float[4], 1))
                .hasMessage("output too short: offset=1, end=5, length=4");
        HostTensor ids = new HostTensor("ids", DType.I32, Shape.of(2, 2), tensor.bytes());
        assertThatThrownBy(() -> Dequantizer.rows(ids, 0, 1))
                .hasMessage("not a tensor of floats: tensor='ids', type=I32");
    }

    private static HostTensor floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        MappedFile file = MappedFile.of(Path.of("floats"), data.array());
        return new HostTensor(
                "floats",
                DType.F32,
                Shape.of(2, values.length / 2),
                new MappedBytes(file, "floats", 0, data.capacity()));
    }
}
