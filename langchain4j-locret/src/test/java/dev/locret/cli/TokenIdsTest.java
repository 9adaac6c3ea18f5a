package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenIdsTest {
    @TempDir
    private Path directory;

    @Test
    void readsArraysAndPlainNumbers() throws IOException {
        assertThat(TokenIds.read(write("[1, 22,\n 333 ]\n"))).containsExactly(1, 22, 333);
        assertThat(TokenIds.read(write("1 22\n\t333\n"))).containsExactly(1, 22, 333);
    }

    @Test
    void namesWhatIsNoTokenId() throws IOException {
        Path file = write("[1, -2]");
        assertThatThrownBy(() -> TokenIds.read(file)).hasMessage("token ids: entry 1 is no token id: '-2': " + file);
        write("1 99999999999");
        assertThatThrownBy(() -> TokenIds.read(file))
                .hasMessage("token ids: entry 1 is no token id: '99999999999': " + file);
        write("[]");
        assertThatThrownBy(() -> TokenIds.read(file)).hasMessage("token ids: entry 0 is no token id: '': " + file);
        write("");
        assertThatThrownBy(() -> TokenIds.read(file)).hasMessage("token ids: entry 0 is no token id: '': " + file);
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> TokenIds.read(missing))
                .hasMessage(
                        "token ids: cannot be read (java.nio.file.NoSuchFileException: " + missing + "): " + missing);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("ids"), text);
    }
}
