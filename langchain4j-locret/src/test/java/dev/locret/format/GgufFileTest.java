package dev.locret.format;

import static dev.locret.format.GgufBuilder.concat;
import static dev.locret.format.GgufBuilder.i32;
import static dev.locret.format.GgufBuilder.i64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void readsMetadataOfEveryTypeAndTensors(int version) throws IOException {
        byte[] weights = new byte[2 * 3 * 4];
        weights[23] = 0x40;
        Path path = dir.resolve("model.gguf");
        Files.write(
                path,
                new GgufBuilder()
                        .version(version)
                        .text("text", "größe")
                        .raw("u8", 0, new byte[] {(byte) 200})
                        .raw("i8", 1, new byte[] {(byte) 200})
                        .raw("u16", 2, new byte[] {-1, -1})
                        .raw("i16", 3, new byte[] {-1, -1})
                        .raw("u32", 4, i32(-1))
                        .raw("i32", 5, i32(-1))
                        .decimal("f32", 0.5f)
                        .raw("bool", 7, new byte[] {1})
                        .raw("u64", 10, i64(Long.MAX_VALUE))
                        .raw("i64", 11, i64(-1))
                        .raw("f64", 12, i64(Double.doubleToLongBits(0.1)))
                        .texts("texts", "a", "")
                        .raw("nested", 9, concat(i32(9), i64(1), i32(0), i64(2), new byte[] {1, 2}))
                        .tensor("other", 0, new byte[4], 1)
                        .tensor("matrix", 0, weights, 3, 2)
                        .bytes());
        GgufFile file = GgufFile.open(path);
        assertThat(file.version()).isEqualTo(version);
        assertThat(file.path()).isEqualTo(path);
        assertThat(file.metadata().values())
                .containsExactly(
                        "größe",
                        200L,
                        -56L,
                        65535L,
                        -1L,
                        4294967295L,
                        -1L,
                        0.5,
                        true,
                        Long.MAX_VALUE,
                        -1L,
                        0.1,
                        List.of("a", ""),
                        List.of(List.of(1L, 2L)));
        HostTensor matrix = file.tensors().get("matrix");
        assertThat(matrix.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(matrix.type()).isEqualTo(DType.F32);
        assertThat(Dequantizer.rows(matrix, 1, 1)).containsExactly(0, 0, 2);
        assertThat(file.find("texts", List.class)).isPresent();
        assertThat(file.find("texts", String.class)).isEmpty();
        assertThatThrownBy(() -> matrix.bytes().slice(20, 5))
                .hasMessage("tensor: 5 bytes from byte 20 lie outside 'matrix' of 24 bytes: " + path);
    }

    @Test
    void honoursAlignment() {
        // The header ends at byte 80, so alignment 8 puts the data there and the usual 32 at 96.
        GgufBuilder builder = new GgufBuilder().number("general.alignment", 8).info("t", 0, 0, 1);
        int header = 24 + 8 + 17 + 4 + 4 + (8 + 1 + 4 + 8 + 4 + 8);
        byte[] bytes = Arrays.copyOf(builder.bytes(), (header + 7) / 8 * 8 + 4);
        bytes[bytes.length - 1] = 0x40;
        GgufFile file = GgufFile.of(MappedFile.of(Path.of("test.gguf"), bytes));
        assertThat(Dequantizer.rows(file.tensors().get("t"), 0, 1)).containsExactly(2);
        assertThatThrownBy(
                        () -> new GgufBuilder().number("general.alignment", 24).file())
                .hasMessage("gguf: general.alignment must be a power of two up to 2097152, is '24': test.gguf");
    }

    @Test
    void refusesOtherVersionsAndByteOrders() {
        refuse(
                new GgufBuilder().version(1),
                ErrorId.FILE_UNSUPPORTED,
                "gguf: version 1, versions 2 and 3 are read: test.gguf");
        refuse(
                new GgufBuilder().version(0x03000000),
                ErrorId.FILE_UNSUPPORTED,
                "gguf: big-endian file of version 3, only little-endian files are read: test.gguf");
        assertThatThrownBy(() -> GgufFile.of(MappedFile.of(Path.of("x"), "GGML....".getBytes())))
                .hasMessage("gguf: magic is 0x4c4d4747, expected 0x46554747 (GGUF): x");
    }

    @Test
    void refusesTensorsWhoseSizeOverflows() {
        refuse(
                new GgufBuilder().info("blk.0.attn_q.weight", 0, 0, 4, (1L << 30) - 1, (1L << 30) + 1),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 'blk.0.attn_q.weight': size overflows 63 bits: shape=[1073741825, 1073741823, 4],"
                        + " type=F32: test.gguf");
        refuse(
                new GgufBuilder().info("t", 2, 0, 32, 1L << 40, 1L << 40),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't': number of elements overflows 63 bits: shape [1099511627776, 1099511627776, 32]:"
                        + " test.gguf");
        refuse(
                new GgufBuilder().info("t", 0, 0, 1L << 30),
                ErrorId.FILE_UNSUPPORTED,
                "gguf: tensor 't' has rows of 4294967296 bytes, allowed=2147483647: test.gguf");
        refuse(
                new GgufBuilder().info("t", 0, 0, -1),
                ErrorId.FILE_DAMAGED,
                "gguf: extent of tensor 't' exceeds 63 bits: 18446744073709551615: test.gguf");
    }

    @Test
    void refusesTensorsOfOtherTypesByName() {
        refuse(
                new GgufBuilder().info("blk.3.attn_q.weight", 20, 0, 32),
                ErrorId.FILE_UNSUPPORTED,
                "gguf: tensor 'blk.3.attn_q.weight' has type IQ4_NL, which is not read here: test.gguf");
        refuse(
                new GgufBuilder().info("t", 99, 0, 32),
                ErrorId.FILE_UNSUPPORTED,
                "gguf: tensor 't' has type number 99, which is not read here: test.gguf");
        refuse(
                new GgufBuilder().info("t", 8, 0, 33),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't': row does not fill whole blocks: elements=33, block=32, type=Q8_0: test.gguf");
    }

    @Test
    void refusesTensorsOutsideTheFile() {
        refuse(
                new GgufBuilder().info("t", 0, 0, 100),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't' ends at byte 464 of a file of 64 bytes: test.gguf");
        refuse(
                new GgufBuilder().info("t", 0, Long.MAX_VALUE - 31, 4),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't' ends at byte 9223372036854775856 of a file of 64 bytes: test.gguf");
        refuse(
                new GgufBuilder().tensor("t", 0, new byte[64], 4).info("u", 0, 8, 4),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 'u' starts at offset 8, which alignment 32 does not divide: test.gguf");
        refuse(
                new GgufBuilder().tensor("t", 0, new byte[64], 16).info("u", 0, 32, 4),
                ErrorId.FILE_DAMAGED,
                "gguf: tensors 't' and 'u' overlap at offset 32: test.gguf");
        refuse(
                new GgufBuilder().tensor("t", 0, new byte[4], 1).tensor("t", 0, new byte[4], 1),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't' appears twice: test.gguf");
        refuse(
                new GgufBuilder().info("t", 0, 0, 4, 0),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't' has an extent of 0: test.gguf");
        refuse(
                new GgufBuilder().info("t", 0, 0, 1, 1, 1, 1, 1),
                ErrorId.FILE_DAMAGED,
                "gguf: tensor 't' has 5 dimensions, allowed=4: test.gguf");
    }

    @Test
    void comparesEveryLengthWithTheFileBeforeTakingMemory() {
        refuse(
                new GgufBuilder().raw("s", 8, i64(1L << 40)),
                ErrorId.FILE_DAMAGED,
                "gguf: value of 's' is 1099511627776 bytes long, but only 19 bytes follow byte 45: test.gguf");
        refuse(
                new GgufBuilder().raw("a", 9, concat(i32(0), i64(1L << 40))),
                ErrorId.FILE_DAMAGED,
                "gguf: array length of value of 'a' is 1099511627776, but only 15 bytes follow byte 49: test.gguf");
        refuse(
                new GgufBuilder().pairCount(1L << 62),
                ErrorId.FILE_DAMAGED,
                "gguf: number of metadata pairs is 4611686018427387904, but only 8 bytes follow byte 24: test.gguf");
        refuse(
                new GgufBuilder().tensorCount(-1),
                ErrorId.FILE_DAMAGED,
                "gguf: number of tensors exceeds 63 bits: 18446744073709551615: test.gguf");
        refuse(
                new GgufBuilder().text("k".repeat(65_536), ""),
                ErrorId.FILE_DAMAGED,
                "gguf: metadata key 0 is 65536 bytes long, allowed=65535: test.gguf");
        refuse(
                new GgufBuilder().info("n".repeat(65), 0, 0, 1),
                ErrorId.FILE_DAMAGED,
                "gguf: name of tensor 0 is 65 bytes long, allowed=64: test.gguf");
    }

    @Test
    void refusesOddMetadata() {
        byte[] deep = {};
        for (int i = 0; i < 100; i++) {
            deep = concat(deep, i32(9), i64(1));
        }
        refuse(
                new GgufBuilder().raw("deep", 9, concat(deep, i32(0), i64(0))),
                ErrorId.FILE_DAMAGED,
                "gguf: value of 'deep' nests arrays more than 64 deep: test.gguf");
        refuse(
                new GgufBuilder().number("k", 1).number("k", 2),
                ErrorId.FILE_DAMAGED,
                "gguf: metadata key 'k' appears twice: test.gguf");
        refuse(
                new GgufBuilder().raw("k", 13, new byte[8]),
                ErrorId.FILE_DAMAGED,
                "gguf: value of 'k' has unknown type 13: test.gguf");
        refuse(
                new GgufBuilder().raw("k", 7, new byte[] {2}),
                ErrorId.FILE_DAMAGED,
                "gguf: value of 'k' is neither 0 nor 1 but 2: test.gguf");
        refuse(
                new GgufBuilder().raw("k", 10, i64(-1)),
                ErrorId.FILE_DAMAGED,
                "gguf: value of 'k' exceeds 63 bits: 18446744073709551615: test.gguf");
    }

    @Test
    void everyPrefixOfAFileIsRefused() {
        byte[] whole = GgufBuilder.llama()
                .texts("tokenizer.ggml.tokens", "a", "b")
                .tensor("token_embd.weight", 0, new byte[64], 16)
                .bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> GgufFile.of(MappedFile.of(Path.of("cut.gguf"), prefix)))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(LocretException.class)
                    .hasMessageEndingWith(": cut.gguf");
        }
    }

    private static void refuse(GgufBuilder builder, ErrorId id, String message) {
        assertThatThrownBy(builder::file)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }
}
