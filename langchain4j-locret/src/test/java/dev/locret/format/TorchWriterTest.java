package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what the authors' files hold; PyTorch itself reads it too, which was tried by hand. */
class TorchWriterTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "phi3-tiny"})
    void theAuthorsTensorsComeBack(String model) throws IOException {
        Path source = GoldenModels.path(model).resolve("retaining_heads.safetensors");
        Map<String, HostTensor> tensors = HeadsFile.open(source);
        Path written = directory.resolve("retaining_heads.bin");
        TorchWriter.write("heads", written, tensors.values());
        assertSame(tensors, HeadsFile.open(written));

        Path back = directory.resolve("back.safetensors");
        SafetensorsWriter.write(
                "heads", back, HeadsFile.open(written).values(), Map.of("steps", "150", "title", "ß \"q\""));
        assertSame(tensors, HeadsFile.open(back));
        assertThat(HeadsFile.metadata(back))
                .containsExactlyInAnyOrderEntriesOf(Map.of("steps", "150", "title", "ß \"q\""));
        assertThat(HeadsFile.metadata(written)).isEmpty();

        Path again = Files.createDirectory(directory.resolve("again")).resolve("retaining_heads.bin");
        TorchWriter.write("heads", again, HeadsFile.open(back).values());
        assertThat(again).hasSameBinaryContentAs(written);
    }

    private static void assertSame(Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> {
            HostTensor same = actual.get(name);
            assertThat(same.type()).isEqualTo(tensor.type());
            assertThat(same.shape()).isEqualTo(tensor.shape());
            int rows = Math.toIntExact(tensor.rows());
            assertThat(same.rows(0, rows)).isEqualTo(tensor.rows(0, rows));
        });
    }

    @Test
    void theArchiveIsBuiltAsPyTorchBuildsIt() throws IOException {
        Path file = directory.resolve("my.heads.pth");
        TorchWriter.write("heads", file, List.of(tensor("a", 3), tensor("b", 2, 5), tensor("scalar")));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<? extends ZipEntry> entries = Collections.list(zip.entries());
            assertThat(entries)
                    .extracting(ZipEntry::getName)
                    .containsExactly(
                            "my.heads/data.pkl",
                            "my.heads/byteorder",
                            "my.heads/data/0",
                            "my.heads/data/1",
                            "my.heads/data/2",
                            "my.heads/version");
            assertThat(entries)
                    .allSatisfy(entry -> assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED));
            assertThat(text(zip, "my.heads/version")).isEqualTo("3\n");
            assertThat(text(zip, "my.heads/byteorder")).isEqualTo("little");
        }
        // A mapped storage has to be aligned.
        MappedFile bytes = MappedFile.open(file);
        ZipDirectory entries = ZipDirectory.read(bytes, "test");
        for (String storage : List.of("0", "1", "2")) {
            assertThat(entries.content("my.heads/data/" + storage).begin() % 64).isZero();
        }
        HostTensor b = HeadsFile.open(file).get("b");
        assertThat(b.shape()).isEqualTo(Shape.of(2, 5));
        assertThat(Dequantizer.rows(b, 1, 1)).containsExactly(5, 6, 7, 8, 9);
    }

    private static String text(ZipFile zip, String name) throws IOException {
        return new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void aFullDiskLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(directory.resolve("heads.bin"), "the last one");
        Files.createSymbolicLink(directory.resolve("heads.bin.part"), Path.of("/dev/full"));
        assertThatThrownBy(() -> TorchWriter.write("heads", file, List.of(tensor("a", 3))))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_WRITABLE))
                .hasMessage("heads: not written (java.io.IOException: No space left on device): " + file);
        assertThat(file).hasContent("the last one");
    }

    /** The numbers from 0 on. */
    private static HostTensor tensor(String name, long... dims) {
        Shape shape = Shape.of(dims);
        ByteBuffer bytes = ByteBuffer.allocate((int) (4 * shape.elements())).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < shape.elements(); i++) {
            bytes.putFloat(4 * i, i);
        }
        return new HostTensor(name, DType.F32, shape, (offset, length) -> bytes.slice(Math.toIntExact(offset), length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }
}
