package dev.locret.samples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepositoryTest {
    @TempDir
    private Path parent;

    private Path root;

    @BeforeEach
    void fill() throws IOException {
        root = Files.createDirectories(parent.resolve("root"));
        Files.writeString(parent.resolve("secret.txt"), "secret");
        Files.createDirectories(root.resolve("src/.git"));
        Files.writeString(root.resolve("src/a.txt"), "one\ntwo\n");
        Files.writeString(root.resolve("src/.git/config"), "hidden");
        Files.writeString(root.resolve("b.txt"), "three");
        Files.write(root.resolve("nul.bin"), new byte[] {'a', 0, 'b'});
        Files.write(root.resolve("latin.bin"), new byte[] {'a', (byte) 0xE9, 'b'});
        Files.createSymbolicLink(root.resolve("inside"), root.resolve("b.txt"));
        Files.createSymbolicLink(root.resolve("outside"), parent.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("up"), parent);
    }

    @Test
    void filesAreSortedAndNeitherHiddenNorLinksNorBinary() throws IOException {
        assertThat(new Repository(root).files()).containsExactly("b.txt", "latin.bin", "src/a.txt");
    }

    @Test
    void linesAreRead() throws IOException {
        Repository repository = new Repository(root);
        assertThat(repository.lines("src/a.txt")).containsExactly("one", "two");
        assertThat(repository.lines("src/../b.txt")).containsExactly("three");
        assertThat(repository.lines("inside")).containsExactly("three");
    }

    @ParameterizedTest
    @CsvSource({
        "../secret.txt, outside of the directory",
        "src/../../secret.txt, outside of the directory",
        "outside, outside of the directory",
        "up/secret.txt, outside of the directory",
        "/etc/passwd, outside of the directory",
        "none.txt, no such file",
        "src, not a file",
        "nul.bin, not a text",
        "latin.bin, not a text",
    })
    void whatIsNoTextBelowTheDirectoryIsRefused(String name, String reason) throws IOException {
        Repository repository = new Repository(root);
        assertThatThrownBy(() -> repository.lines(name))
                .isInstanceOf(RefusedException.class)
                .hasMessage("refused: " + reason + ": " + name);
    }

    @Test
    void aNameThatIsNoneIsRefused() throws IOException {
        Repository repository = new Repository(root);
        assertThatThrownBy(() -> repository.lines("a\0b"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("refused: no such file: a\0b");
    }

    @Test
    void sizeIsBounded() throws IOException {
        Repository repository = new Repository(root);
        String most = "x".repeat((int) Repository.MAX_FILE_BYTES);
        Files.writeString(root.resolve("most.txt"), most);
        Files.writeString(root.resolve("huge.txt"), most + "x");

        assertThat(repository.lines("most.txt")).containsExactly(most);
        assertThatThrownBy(() -> repository.lines("huge.txt"))
                .hasMessage("refused: larger than 1048576 bytes: huge.txt");
    }

    @Test
    void theNumberOfFilesIsBounded() throws IOException {
        for (int i = Repository.MAX_FILES - 3; i >= 0; i--) {
            Files.createFile(root.resolve("f" + i));
        }
        Repository repository = new Repository(root);
        assertThatThrownBy(repository::files)
                .isInstanceOf(RefusedException.class)
                .hasMessage("refused: more than 5000 files in " + root.toRealPath());
        Files.delete(root.resolve("f0"));
        assertThat(repository.files()).hasSize(Repository.MAX_FILES);
    }

    @Test
    void aFileIsNoDirectory() {
        assertThatThrownBy(() -> new Repository(parent.resolve("secret.txt")))
                .isInstanceOf(IOException.class)
                .hasMessage("not a directory: " + parent.resolve("secret.txt"));
    }
}
