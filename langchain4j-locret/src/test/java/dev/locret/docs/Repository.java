package dev.locret.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the repository this test runs in. */
final class Repository {
    /** Tests run in the directory of their module. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Repository() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files whose name ends with {@code suffix}, outside what a build writes. */
    static List<Path> files(String suffix) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(f -> f.toString().endsWith(suffix) && Files.isRegularFile(f))
                    .filter(f -> Stream.of("target", ".git")
                            .noneMatch(d -> ROOT.relativize(f).toString().matches("(.*/)?" + d + "/.*")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
