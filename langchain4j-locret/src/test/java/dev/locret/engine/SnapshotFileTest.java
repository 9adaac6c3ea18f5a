package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvSlice;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A context's file: what is written is read, and nothing else is. */
class SnapshotFileTest {
    private static final Set<ErrorId> REFUSALS =
            EnumSet.of(ErrorId.FILE_DAMAGED, ErrorId.FILE_UNSUPPORTED, ErrorId.CONTEXT_MISMATCH);

    @TempDir
    private Path directory;

    private final ReadContext context = SnapshotFixtures.context("Vertrag № 42", 7, 20);
    private final List<KvSlice> slices = SnapshotFixtures.slices();
    private Path file;
    private byte[] good;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("a.context");
        write(context);
        good = Files.readAllBytes(file);
    }

    private void write(ReadContext written) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            SnapshotWriter.write(written, SnapshotFixtures.binding(), channel);
        }
    }

    private ReadContext read(SnapshotBinding binding) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return SnapshotReader.read(channel, file, binding, slices, SnapshotFixtures.VOCABULARY);
        }
    }

    private ReadContext read(byte[] content) throws IOException {
        Files.write(file, content);
        return read(SnapshotFixtures.binding());
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        SnapshotFixtures.assertSame(read(good), context);
        try (FileChannel channel = FileChannel.open(file)) {
            SnapshotHeader header = SnapshotReader.readHeader(channel, file);
            assertThat(header.fileBytes()).isEqualTo(good.length);
            assertThat(header.info())
                    .usingRecursiveComparison()
                    .ignoringFields("bytes")
                    .isEqualTo(context.info());
        }
    }

    @Test
    void sectionsLargerThanTheBufferComeBackWhole() throws IOException {
        ReadContext large = SnapshotFixtures.context("large", 3, 50_000);
        write(large);
        SnapshotFixtures.assertSame(read(SnapshotFixtures.binding()), large);
    }

    @Test
    void aFileOfOtherSettingsIsRefusedWithWhatDiffers() {
        SnapshotBinding other = new SnapshotBinding(Map.of("cache-budget", "128"));
        assertRefused(
                () -> read(other),
                ErrorId.CONTEXT_MISMATCH,
                "contexts: file does not belong to this engine: cache-budget=64, expected=128: " + file);
        SnapshotBinding more = new SnapshotBinding(Map.of("pinned-tokens", "0"));
        assertRefused(
                () -> read(more),
                ErrorId.CONTEXT_MISMATCH,
                "contexts: file does not belong to this engine: pinned-tokens=null, expected=0: " + file);
    }

    @Test
    void whatIsNoContextIsRefused() {
        assertRefused(
                () -> read(new byte[100]),
                ErrorId.FILE_UNSUPPORTED,
                "contexts: no context of Locret, by its first bytes: " + file);
        assertRefused(
                () -> read(new byte[0]),
                ErrorId.FILE_UNSUPPORTED,
                "contexts: no context of Locret, by its first bytes: " + file);
        byte[] later = good.clone();
        later[8] = 2;
        assertRefused(() -> read(later), ErrorId.FILE_UNSUPPORTED, "contexts: version 2, known: 3: " + file);
    }

    @Test
    void damageIsNamed() {
        byte[] cut = Arrays.copyOf(good, good.length - 1);
        assertRefused(
                () -> read(cut),
                ErrorId.FILE_DAMAGED,
                "contexts: file of " + cut.length + " bytes, its header says " + good.length + ": " + file);
        byte[] flipped = good.clone();
        flipped[good.length - 10] ^= 1;
        assertThatThrownBy(() -> read(flipped))
                .hasMessageMatching("contexts: wrong checksum of its layer 1: found=\\p{XDigit}+,"
                        + " expected=\\p{XDigit}+: .*a\\.context");
        byte[] renamed = good.clone();
        renamed[22] ^= 1;
        assertThatThrownBy(() -> read(renamed)).hasMessageMatching("contexts: wrong checksum of its header: .*");
        byte[] huge = good.clone();
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putInt(12, Integer.MAX_VALUE);
        assertRefused(
                () -> read(huge),
                ErrorId.FILE_DAMAGED,
                "contexts: header of 2147483647 bytes in a file of " + good.length + " bytes: " + file);
    }

    @Test
    void numbersThatFitNothingHereAreRefusedThoughTheirChecksumsAreRight() throws IOException {
        ReadContext known = SnapshotFixtures.context("a", 999, 20);
        write(known);
        assertThat(read(SnapshotFixtures.binding()).tokens()[0]).isEqualTo(999);
        write(SnapshotFixtures.context("a", 1000, 20));
        assertRefused(
                () -> read(SnapshotFixtures.binding()),
                ErrorId.FILE_DAMAGED,
                "contexts: token id outside the vocabulary: id=1000, vocabulary=1000: " + file);
        ReadContext disordered = SnapshotFixtures.context("a", 1, 20);
        disordered.snapshot().layers().get(1).positions()[3] = 1;
        write(disordered);
        assertRefused(
                () -> read(SnapshotFixtures.binding()),
                ErrorId.FILE_DAMAGED,
                "contexts: position 1 after 2 in layer 1, tokens=23: " + file);
        write(SnapshotFixtures.context("a", 1, 1 << 16));
        assertRefused(
                () -> read(SnapshotFixtures.binding()),
                ErrorId.FILE_DAMAGED,
                "contexts: entries do not fit the cache: layer=0, entries=[65536, 65537, 65538], capacity=65536: "
                        + file);
    }

    /** Half of the mutations get a right checksum again, so that what lies behind it is tried too. */
    @Test
    void mutatedFilesAreRefusedOrTheSame() throws IOException {
        Random random = new Random(1);
        int refused = 0;
        int behindTheChecksum = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] mutant = mutate(good.clone(), random);
            boolean sealed = random.nextBoolean() && seal(mutant);
            try {
                ReadContext read = read(mutant);
                assertThat(sealed || Arrays.equals(mutant, good)).isTrue();
                assertThat(read.snapshot().layers()).hasSize(SnapshotFixtures.LAYERS);
            } catch (LocretException e) {
                assertThat(e.id()).isIn(REFUSALS);
                assertThat(e.getMessage()).endsWith(file.toString());
                refused++;
                behindTheChecksum += sealed && !e.getMessage().contains("checksum") ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(3000);
        assertThat(behindTheChecksum).isGreaterThan(500);
    }

    private static byte[] mutate(byte[] content, Random random) {
        int header = 300;
        int at = random.nextInt(random.nextInt(3) == 0 ? content.length - 4 : header);
        ByteBuffer view = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        switch (random.nextInt(5)) {
            case 0 -> content[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> view.putInt(at / 4 * 4, random.nextInt());
            case 2 -> view.putInt(at, new int[] {-1, 0, Integer.MAX_VALUE, Integer.MIN_VALUE}[random.nextInt(4)]);
            case 3 -> {
                return Arrays.copyOf(content, at);
            }
            default -> {
                return Arrays.copyOf(content, content.length + 1 + random.nextInt(100));
            }
        }
        return content;
    }

    /** Writes the right checksum behind the header; false if there is no header to speak of. */
    private static boolean seal(byte[] content) {
        if (content.length < SnapshotHeader.PREFIX) {
            return false;
        }
        ByteBuffer view = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long end = SnapshotHeader.PREFIX + (long) view.getInt(12);
        if (end < SnapshotHeader.PREFIX || end > content.length - 4) {
            return false;
        }
        CRC32C sum = new CRC32C();
        sum.update(content, 0, (int) end);
        view.putInt((int) end, (int) sum.getValue());
        return true;
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorId id, String message) {
        ContextsTest.assertFails(call, id, message);
    }
}
