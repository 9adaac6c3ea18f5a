package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of token ids: a JSON array, or numbers between white space. */
final class TokenIds {
    private static final int MAX_SHOWN = 20;

    private TokenIds() {}

    /**
     * @throws LocretException {@code file-not-readable}; {@code invalid-prompt} with the first entry that is no number
     */
    static int[] read(Path file) {
        String text;
        try {
            // As bytes: a binary file must end in a message of ours, whatever its encoding.
            text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "token ids: cannot be read (" + e + "): " + file, e);
        }
        boolean array = text.startsWith("[") && text.endsWith("]") && text.length() > 1;
        String[] entries =
                (array ? text.substring(1, text.length() - 1) : text).strip().split(array ? "," : "\\s+");
        List<Integer> ids = new ArrayList<>();
        for (String entry : entries) {
            ids.add(id(entry.strip(), ids.size(), file));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int id(String entry, int index, Path file) {
        try {
            int id = Integer.parseInt(entry);
            Checks.check(id >= 0, ErrorId.INVALID_PROMPT, () -> wrong(entry, index, file));
            return id;
        } catch (NumberFormatException e) {
            throw new LocretException(ErrorId.INVALID_PROMPT, wrong(entry, index, file), e);
        }
    }

    private static String wrong(String entry, int index, Path file) {
        return "token ids: entry " + index + " is no token id: '"
                + entry.substring(0, Math.min(MAX_SHOWN, entry.length())) + "': " + file;
    }
}
