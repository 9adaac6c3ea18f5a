package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    @TempDir
    Path dir;

    @Test
    void slicesAreReadOnlyLittleEndianViews() throws IOException {
        MappedFile file = MappedFile.open(Files.write(dir.resolve("f"), new byte[] {0, 1, 2, 3, 4, 5}));
        ByteBuffer slice = file.slice(1, 4);
        assertThat(slice.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(slice.isReadOnly()).isTrue();
        assertThat(slice.position()).isZero();
        assertThat(slice.limit()).isEqualTo(4);
        assertThat(slice.getInt()).isEqualTo(0x04030201);
        assertThat(file.slice(6, 0).hasRemaining()).isFalse();
    }

    @Test
    void refusesSlicesOutsideTheFile() throws IOException {
        Path path = Files.write(dir.resolve("f"), new byte[6]);
        MappedFile file = MappedFile.open(path);
        assertThatThrownBy(() -> file.slice(3, 4))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_DAMAGED))
                .hasMessage("file: 4 bytes from byte 3 lie outside a file of 6 bytes: " + path);
        assertThatThrownBy(() -> file.slice(-1, 1)).isInstanceOf(LocretException.class);
        assertThatThrownBy(() -> file.slice(Long.MAX_VALUE, 1)).isInstanceOf(LocretException.class);
        assertThatThrownBy(() -> file.slice(0, -1)).isInstanceOf(LocretException.class);
    }

    @Test
    void readsAcrossWindowsOfFilesBeyond4GiB() throws IOException {
        Path path = dir.resolve("sparse");
        long size = 5L << 30;
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            out.setLength(size);
            for (long at = MappedFile.MAX_SLICE - 1L; at < size; at += MappedFile.MAX_SLICE) {
                out.seek(at);
                out.write(at + 1 < size ? new byte[] {11, 22} : new byte[] {33});
            }
        }
        MappedFile file = MappedFile.open(path);
        assertThat(file.size()).isEqualTo(size);
        for (long at = MappedFile.MAX_SLICE - 1L; at < size - 1; at += MappedFile.MAX_SLICE) {
            assertThat(file.slice(at, 2).getShort()).isEqualTo((short) (22 << 8 | 11));
            assertThat(file.slice(at - 5, MappedFile.MAX_SLICE).get(6)).isEqualTo((byte) 22);
        }
        assertThat(file.slice(size - 1, 1).get()).isEqualTo((byte) 33);
        assertThatThrownBy(() -> file.slice(MappedFile.MAX_SLICE - 1, Integer.MAX_VALUE))
                .hasMessage("file: a slice of 2147483647 bytes is longer than 1073741824 bytes: " + path);
    }

    @Test
    void opensEmptyFilesAndRefusesDirectories() throws IOException {
        Path empty = Files.createFile(dir.resolve("empty"));
        assertThat(MappedFile.open(empty).slice(0, 0).hasRemaining()).isFalse();
        assertThatThrownBy(() -> MappedFile.open(dir))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE))
                .hasMessage("file: cannot be read (is a directory): " + dir);
    }
}
