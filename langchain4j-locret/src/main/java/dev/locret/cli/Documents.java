package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The texts of files, and of all files in directories. */
final class Documents {
    private Documents() {}

    /**
     * Files in directories that are no documents are told and passed over; one that was named must be one.
     *
     * @throws LocretException as {@link DocumentReader#read} does for a file that was named; {@code file-not-readable}
     *     for a directory without documents
     */
    static List<String> read(List<Path> places, Output output) {
        List<String> texts = new ArrayList<>();
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                texts.addAll(inDirectory(place, output));
            } else {
                texts.add(DocumentReader.read(place));
            }
        }
        return texts;
    }

    private static List<String> inDirectory(Path directory, Output output) {
        List<String> texts = new ArrayList<>();
        for (Path file : files(directory)) {
            try {
                texts.add(DocumentReader.read(file));
            } catch (LocretException e) {
                output.note("passed over: " + e.getMessage());
            }
        }
        if (texts.isEmpty()) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "documents: none in directory: " + directory);
        }
        return texts;
    }

    /** All files of a directory and those inside it. */
    static List<Path> files(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_READABLE, "documents: cannot be read (" + e + "): " + directory, e);
        }
    }
}
