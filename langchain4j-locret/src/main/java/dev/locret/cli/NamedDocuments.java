package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Documents of a directory by name, as task files name them; each is read once. */
final class NamedDocuments implements UnaryOperator<String> {
    private final Path directory;
    private final Map<Path, String> texts = new HashMap<>();

    NamedDocuments(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** Those that lie beside a file. */
    static NamedDocuments beside(Path file) {
        return new NamedDocuments(file.toAbsolutePath().getParent());
    }

    @Override
    public String apply(String name) {
        Path file = directory.resolve(name).normalize();
        if (!file.startsWith(directory)) {
            throw new LocretException(
                    ErrorId.FILE_NOT_READABLE,
                    "documents: lies outside the directory: document=" + name + ", directory=" + directory);
        }
        return texts.computeIfAbsent(file, DocumentReader::read);
    }

    /** Whether a question named this file. */
    boolean wasRead(Path file) {
        return texts.containsKey(file.toAbsolutePath().normalize());
    }
}
