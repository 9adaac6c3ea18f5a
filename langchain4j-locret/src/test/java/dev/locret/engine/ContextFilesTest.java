package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvSlice;
import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory of contexts: whole files only, whoever dies and whoever else is there. */
class ContextFilesTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path beside;

    private Path said;

    private final List<KvSlice> slices = SnapshotFixtures.slices();

    private ContextFiles open(long maxBytes) {
        return new ContextFiles(directory, maxBytes, SnapshotFixtures.binding());
    }

    private ReadContext load(ContextFiles files, String name) {
        ContextFiles.Loaded loaded = files.load(name, slices, SnapshotFixtures.VOCABULARY);
        return loaded == null ? null : loaded.context();
    }

    @BeforeEach
    void nameTheOutput() {
        said = beside.resolve("said");
    }

    /** Versions that a writer said are written, each on a line of its own. */
    private List<String> versions() throws IOException {
        String text = Files.exists(said) ? Files.readString(said) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void contextsAreWrittenFoundListedAndRemoved() throws IOException {
        ContextFiles files = open(0);
        ReadContext context = SnapshotFixtures.context("a/../b №", 5, 20);
        assertThat(load(files, "a/../b №")).isNull();
        assertThat(files.stamp("a/../b №")).isNull();
        assertThat(files.write(context, () -> true)).isEqualTo(files.stamp("a/../b №"));
        SnapshotFixtures.assertSame(load(files, "a/../b №"), context);
        assertThat(files.list()).extracting(ContextInfo::name).containsExactly("a/../b №");
        assertThat(names()).singleElement().asString().matches("a_\\.\\._b__-\\p{XDigit}{8}\\.context");
        assertThat(files.remove("a/../b №")).isTrue();
        assertThat(files.remove("a/../b №")).isFalse();
        assertThat(names()).isEmpty();
    }

    @Test
    void namesThatReadAlikeHaveFilesOfTheirOwn() throws IOException {
        ContextFiles files = open(0);
        files.write(SnapshotFixtures.context("a b", 1, 20), () -> true);
        files.write(SnapshotFixtures.context("a_b", 2, 20), () -> true);
        assertThat(load(files, "a b").policy()).isEqualTo("v1");
        assertThat(load(files, "a_b").policy()).isEqualTo("v2");
    }

    @Test
    void aFileUnderAnotherNameIsRefused() throws IOException {
        ContextFiles files = open(0);
        files.write(SnapshotFixtures.context("a", 1, 20), () -> true);
        Files.move(files.file("a"), files.file("b"));
        ContextsTest.assertFails(
                () -> load(files, "b"),
                ErrorId.CONTEXT_MISMATCH,
                "contexts: file does not belong to this engine: name=a, expected=b: " + files.file("b"));
    }

    @Test
    void oneThatIsNotWantedAnyMoreLeavesTheOld() throws IOException {
        ContextFiles files = open(0);
        files.write(SnapshotFixtures.context("a", 1, 20), () -> true);
        assertThat(files.write(SnapshotFixtures.context("a", 2, 20), () -> false))
                .isNull();
        assertThat(load(files, "a").policy()).isEqualTo("v1");
        assertThat(names()).hasSize(1);
    }

    @Test
    void theOldestMakeRoom() throws IOException {
        ContextFiles unlimited = open(0);
        for (int i = 0; i < 3; i++) {
            unlimited.write(SnapshotFixtures.context("c" + i, i, 20), () -> true);
            Files.setLastModifiedTime(unlimited.file("c" + i), FileTime.fromMillis(1_000_000 - 1000 * i));
        }
        long one = Files.size(unlimited.file("c0"));
        ContextFiles files = open(3 * one);
        files.write(SnapshotFixtures.context("c3", 3, 20), () -> true);
        assertThat(files.list()).extracting(ContextInfo::name).containsExactly("c0", "c1", "c3");
        assertThat(files.count()).isEqualTo(3);
        ContextsTest.assertFails(
                () -> open(one - 1).write(SnapshotFixtures.context("c4", 3, 20), () -> true),
                ErrorId.CONTEXTS_FULL,
                "contexts: file is larger than all may be: needed=" + one + " bytes, contexts-directory-bytes="
                        + (one - 1));
        assertThat(names()).hasSize(3);
    }

    @Test
    void damagedOnesAreNotListed() throws IOException {
        ContextFiles files = open(0);
        files.write(SnapshotFixtures.context("a", 1, 20), () -> true);
        files.write(SnapshotFixtures.context("b", 1, 20), () -> true);
        Files.writeString(files.file("a"), "damaged");
        assertThat(files.list()).extracting(ContextInfo::name).containsExactly("b");
        assertThatThrownBy(() -> load(files, "a"))
                .hasMessageEndingWith(files.file("a").toString());
    }

    @Test
    void litterIsRemovedButNotWhatIsBeingWritten() throws IOException {
        Path dead = Files.writeString(directory.resolve("x.context.1.part"), "cut off");
        Path alive = directory.resolve("y.context.2.part");
        try (PartFile part = DirectoryLock.hold(directory, () -> PartFile.create(alive))) {
            open(0);
            assertThat(dead).doesNotExist();
            assertThat(alive).exists();
            assertThat(part.channel().isOpen()).isTrue();
        }
        assertThat(alive).doesNotExist();
    }

    /** Between two lines of its output the writer is somewhere in the middle of a file. Versions count from 1. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aWriterKilledAtAnyMomentLeavesTheOldOrTheNew(long seed) throws Exception {
        Process writer = ContextWriterMain.start(directory, said, 800, 20_000);
        Random random = new Random(seed);
        int before = 1 + random.nextInt(4);
        while (versions().size() < before) {
            assertThat(writer.isAlive()).isTrue();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MICROSECONDS.sleep(random.nextInt(40_000));
        writer.destroyForcibly().waitFor();
        int acknowledged = versions().size();
        ContextFiles files = open(0);
        ReadContext found = load(files, ContextWriterMain.NAME);
        int version = found.tokens()[0];
        assertThat(version).isBetween(acknowledged, acknowledged + 1);
        SnapshotFixtures.assertSame(found, SnapshotFixtures.context(ContextWriterMain.NAME, version, 20_000));
        assertThat(names()).hasSize(1).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void twoProcessesShareADirectory() throws Exception {
        ContextFiles files = open(0);
        Process writer = ContextWriterMain.start(directory, said, 60, 2000);
        int rounds = 0;
        for (; writer.isAlive(); rounds++) {
            // What another process may do at any moment: clean, write the same name, read, list.
            open(0);
            files.write(SnapshotFixtures.context(ContextWriterMain.NAME, 900, 2000), () -> true);
            files.write(SnapshotFixtures.context("mine", rounds % 900, 2000), () -> true);
            assertThat(load(files, ContextWriterMain.NAME)).isNotNull();
            assertThat(load(files, "mine").tokens()[0]).isEqualTo(rounds % 900);
            assertThat(files.list())
                    .extracting(ContextInfo::name)
                    .containsExactlyInAnyOrder(ContextWriterMain.NAME, "mine");
        }
        assertThat(writer.waitFor()).isZero();
        assertThat(versions()).hasSize(60);
        assertThat(rounds).isPositive();
        assertThat(names()).hasSize(2);
    }
}
