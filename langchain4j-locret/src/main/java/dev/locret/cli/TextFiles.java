package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that commands make for their users. */
final class TextFiles {
    private TextFiles() {}

    /**
     * Writes a file in the place of an older one.
     *
     * @throws LocretException ({@code file-not-writable})
     */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_WRITABLE, "output: not written (" + e + "): " + file, e);
        }
    }
}
