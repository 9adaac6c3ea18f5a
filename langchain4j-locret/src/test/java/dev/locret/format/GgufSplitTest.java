package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSplitTest {
    @TempDir
    Path dir;

    private Path write(String name, GgufBuilder builder) throws IOException {
        return Files.write(dir.resolve(name), builder.bytes());
    }

    private static GgufBuilder shard(int number, int count, int tensors) {
        return new GgufBuilder()
                .number("split.no", number)
                .number("split.count", count)
                .number("split.tensors.count", tensors);
    }

    @Test
    void joinsAllFilesWhicheverIsOpened() throws IOException {
        write(
                "m-00001-of-00002.gguf",
                shard(0, 2, 2).text("general.name", "joined").tensor("a", 0, new byte[4], 1));
        Path second = write("m-00002-of-00002.gguf", shard(1, 2, 2).tensor("b", 0, new byte[8], 2));
        GgufFile file = GgufFile.open(second);
        assertThat(file.tensors()).containsOnlyKeys("a", "b");
        assertThat(file.metadata()).containsEntry("general.name", "joined");
        assertThat(file.path().getFileName()).hasToString("m-00001-of-00002.gguf");
    }

    @Test
    void listsMissingFiles() throws IOException {
        Path second = write("m-00002-of-00004.gguf", shard(1, 4, 2));
        assertThatThrownBy(() -> GgufFile.open(second))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE))
                .hasMessage("gguf: 3 of 4 files of the model are missing: m-00001-of-00004.gguf,"
                        + " m-00003-of-00004.gguf, m-00004-of-00004.gguf: " + second);
        Path many = write("m-00001-of-65535.gguf", shard(0, 65535, 2));
        assertThatThrownBy(() -> GgufFile.open(many))
                .hasMessageContaining("65534 of 65535 files")
                .hasMessageContaining("m-00021-of-65535.gguf and 65514 more");
    }

    @Test
    void refusesNamesAndNumbersThatDisagree() throws IOException {
        Path renamed = write("model.gguf", shard(0, 2, 2));
        assertThatThrownBy(() -> GgufFile.open(renamed))
                .hasMessage("gguf: file is one of 2 of a split model, but is not named NAME-0000N-of-00002.gguf: "
                        + renamed);
        write("n-00001-of-00002.gguf", shard(0, 2, 2));
        Path swapped = write("n-00002-of-00002.gguf", shard(0, 2, 2));
        assertThatThrownBy(() -> GgufFile.open(swapped))
                .hasMessage("gguf: file says split.no=0 and split.count=2, its name says 1 and 2: "
                        + swapped.toAbsolutePath());
    }

    @Test
    void refusesTensorsMissingOrDouble() throws IOException {
        Path first = write("m-00001-of-00002.gguf", shard(0, 2, 3).tensor("a", 0, new byte[4], 1));
        write("m-00002-of-00002.gguf", shard(1, 2, 3).tensor("b", 0, new byte[4], 1));
        assertThatThrownBy(() -> GgufFile.open(first))
                .hasMessage("gguf: split.tensors.count is 3, the files hold 2: " + first);
        Path second = write("m-00002-of-00002.gguf", shard(1, 2, 3).tensor("a", 0, new byte[4], 1));
        assertThatThrownBy(() -> GgufFile.open(first))
                .hasMessage("gguf: tensor 'a' is in two files of the split: " + second);
    }
}
