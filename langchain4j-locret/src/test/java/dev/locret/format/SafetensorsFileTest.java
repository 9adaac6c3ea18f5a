package dev.locret.format;

import static dev.locret.format.SafetensorsBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafetensorsFileTest {
    private static void refuse(ErrorId id, String what, String header, int dataBytes) {
        assertThatThrownBy(() -> SafetensorsBuilder.file(header, dataBytes))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage("safetensors: " + what + ": test.safetensors");
    }

    private static void refuse(String what, String header, int dataBytes) {
        refuse(ErrorId.FILE_DAMAGED, what, header, dataBytes);
    }

    @Test
    void readsTensorsAndMetadata() {
        SafetensorsFile file = SafetensorsBuilder.file(
                "{\"__metadata__\":{\"format\":\"pt\"}," + tensor("b", "BF16", "[2,3]", 4, 16) + ","
                        + tensor("a", "F32", "[]", 0, 4) + "," + tensor("none", "I64", "[0,5]", 16, 16) + "}  ",
                16);
        assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(file.tensors()).containsOnlyKeys("a", "b", "none");
        assertThat(file.tensors().get("b").type()).isEqualTo(DType.BF16);
        assertThat(file.tensors().get("b").shape()).isEqualTo(Shape.of(2, 3));
        assertThat(Dequantizer.rows(file.tensors().get("a"), 0, 1)).containsExactly(0);
    }

    @Test
    void refusesHeadersOutOfBounds() {
        assertThatThrownBy(() -> SafetensorsFile.of(MappedFile.of(Path.of("x"), GgufBuilder.i64(-1))))
                .hasMessage("safetensors: header of 18446744073709551615 bytes in a file of 8 bytes: x");
        assertThatThrownBy(() -> SafetensorsFile.of(MappedFile.of(Path.of("x"), new byte[5])))
                .hasMessage("safetensors: file of 5 bytes ends at byte 0 inside header length: x");
        refuse("not a JSON object", "[]", 0);
        assertThatThrownBy(() -> SafetensorsBuilder.file("{\"a\":", 0))
                .hasMessageStartingWith("safetensors: not valid JSON at line 1, column 6 ('Unexpected end-of-input");
        assertThatThrownBy(() -> SafetensorsBuilder.file("{} {}", 0)).hasMessageStartingWith("safetensors: not valid");
        assertThatThrownBy(() -> SafetensorsBuilder.file("{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}", 0))
                .isInstanceOf(LocretException.class)
                .hasMessageContaining("nesting depth (65)");
        String twice = "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("a", "F32", "[1]", 0, 4) + "}";
        assertThatThrownBy(() -> SafetensorsBuilder.file(twice, 4))
                .isInstanceOf(LocretException.class)
                .hasMessageContaining("Duplicate field 'a'");
    }

    @Test
    void refusesOtherTypesByName() {
        refuse(
                ErrorId.FILE_UNSUPPORTED,
                "tensor 'model.x' has type 'F8_E4M3', which is not read here",
                "{" + tensor("model.x", "F8_E4M3", "[4]", 0, 4) + "}",
                4);
    }

    @Test
    void refusesRangesThatDoNotFit() {
        refuse("tensor 'a' ends at byte 400 of 4 bytes of data", "{" + tensor("a", "F32", "[100]", 0, 400) + "}", 4);
        refuse(
                "tensor 'a' has 4 bytes of data, shape [2] of F32 needs 8",
                "{" + tensor("a", "F32", "[2]", 0, 4) + "}",
                4);
        refuse("data_offsets of tensor 'a' are not a range", "{" + tensor("a", "F32", "[1]", 4, 0) + "}", 4);
        refuse(
                "tensor 'b' starts at byte 8 of the data, the one before ends at 4",
                "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("b", "F32", "[1]", 8, 12) + "}",
                12);
        refuse(
                "tensor 'b' starts at byte 4 of the data, the one before ends at 8",
                "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 4, 12) + "}",
                12);
        refuse("tensors end at byte 4 of 6 bytes of data", "{" + tensor("a", "F32", "[1]", 0, 4) + "}", 6);
        refuse(
                "tensor 'a': size overflows 63 bits: shape=[1073741825, 1073741823, 4], type=F32",
                "{" + tensor("a", "F32", "[1073741825,1073741823,4]", 0, 0) + "}",
                0);
        refuse(
                "shape of tensor 'a' holds '-1', expected a whole number",
                "{" + tensor("a", "F32", "[-1]", 0, 0) + "}",
                0);
        String huge = "{" + tensor("a", "F32", "[36893488147419103232]", 0, 0) + "}";
        assertThatThrownBy(() -> SafetensorsBuilder.file(huge, 0))
                .isInstanceOf(LocretException.class)
                .hasMessageContaining("Numeric value (36893488147419103232) out of range of long");
        refuse(
                "shape of tensor 'a' is not a list of at most 8 numbers",
                "{" + tensor("a", "F32", "[1,1,1,1,1,1,1,1,1]", 0, 4) + "}",
                4);
    }

    @Test
    void refusesDescriptionsOfOtherForm() {
        refuse("tensor 'a' is not described by an object", "{\"a\":1}", 0);
        refuse("tensor 'a' has no dtype", "{\"a\":{}}", 0);
        refuse("__metadata__ is not an object", "{\"__metadata__\":[]}", 0);
        refuse("__metadata__ holds 'n', which is not a string", "{\"__metadata__\":{\"n\":1}}", 0);
    }

    @Test
    void everyPrefixOfAFileIsRefused() {
        String header = "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("b", "BF16", "[2,3]", 4, 16) + "}";
        byte[] whole = SafetensorsBuilder.bytes(header, 16);
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SafetensorsFile.of(MappedFile.of(Path.of("cut"), prefix)))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(LocretException.class)
                    .hasMessageEndingWith(": cut");
        }
    }
}
