package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.LocretException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ZipDirectoryTest {
    private static final int CENTRAL = 0x02014b50;

    private static byte[] archive(int method, String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                PickleBuilder.entry(zip, name, name.repeat(50).getBytes(StandardCharsets.US_ASCII), method);
            }
        }
        return out.toByteArray();
    }

    private static ZipDirectory read(byte[] archive) {
        return ZipDirectory.read(MappedFile.of(Path.of("test.zip"), archive), "zip");
    }

    /** Where the first entry of the directory starts. */
    private static ByteBuffer central(byte[] archive) {
        ByteBuffer in = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (in.getInt(at) != CENTRAL) {
            at++;
        }
        return in.position(at).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void readsEntriesAndNamesMissingOnes() throws IOException {
        ZipDirectory zip = read(archive(ZipEntry.DEFLATED, "a", "b"));
        assertThat(zip.names()).containsExactly("a", "b");
        assertThat(zip.content("b").bytes()).isEqualTo("b".repeat(50).getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> zip.content("c")).hasMessage("zip: entry 'c' is missing: test.zip");
    }

    @Test
    void refusesEntriesThatClaimToGrowBeyondWhatDeflateCan() throws IOException {
        byte[] archive = archive(ZipEntry.DEFLATED, "a");
        int compressed = central(archive).getInt(20);
        central(archive).putInt(24, 1 << 29);
        assertThatThrownBy(() -> read(archive).content("a"))
                .hasMessage("zip: entry 'a' claims to unpack " + compressed + " bytes to 536870912: test.zip");
        central(archive).putInt(24, 51);
        assertThatThrownBy(() -> read(archive).content("a"))
                .hasMessage("zip: entry 'a' unpacks to another size than 51 bytes: test.zip");
        central(archive).putInt(24, 49);
        assertThatThrownBy(() -> read(archive).content("a"))
                .hasMessage("zip: entry 'a' unpacks to another size than 49 bytes: test.zip");
    }

    @Test
    void boundsWhatManyEntriesOverTheSameBytesUnpackTo() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            PickleBuilder.entry(zip, "a", new byte[1 << 20], ZipEntry.DEFLATED);
        }
        ZipDirectory zip = read(out.toByteArray());
        assertThat(zip.content("a").size()).isEqualTo(1 << 20);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        zip.content("a");
                    }
                })
                .isInstanceOf(LocretException.class)
                .hasMessageContaining("claims to unpack");
    }

    @Test
    void refusesOtherMethodsAndEncryption() throws IOException {
        byte[] archive = archive(ZipEntry.STORED, "a");
        central(archive).putShort(10, (short) 12);
        assertThatThrownBy(() -> read(archive).content("a"))
                .hasMessage("zip: entry 'a' has compression method 12 (50 of 50 bytes): test.zip");
        central(archive).putShort(8, (short) 1);
        assertThatThrownBy(() -> read(archive)).hasMessage("zip: entry 'a' is encrypted: test.zip");
    }

    @Test
    void refusesDamagedDirectories() throws IOException {
        assertThatThrownBy(() -> read(new byte[10]))
                .hasMessage("zip: archive of 10 bytes has no directory, it may have been cut off: test.zip");
        byte[] archive = archive(ZipEntry.STORED, "a", "b");
        central(archive).putInt(42, 7);
        assertThatThrownBy(() -> read(archive).content("a"))
                .hasMessage("zip: entry 'a' has no header at byte 7: test.zip");
        central(archive).putInt(0, 0);
        assertThatThrownBy(() -> read(archive)).hasMessageStartingWith("zip: directory is damaged at byte ");
        byte[] counted = archive(ZipEntry.STORED, "a");
        ByteBuffer end = ByteBuffer.wrap(counted).order(ByteOrder.LITTLE_ENDIAN);
        end.putShort(counted.length - 12, (short) 500);
        assertThatThrownBy(() -> read(counted))
                .hasMessageStartingWith("zip: directory of 500 entries, 47 bytes at byte");
    }
}
