package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of this package look at over and over. */
final class HubAsserts {
    private HubAsserts() {}

    static void assertFails(ThrowingCallable call, ErrorId id, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }

    /** Every file, link or not, under {@code root/part}, with {@code /}, sorted; none if there is no such directory. */
    static List<String> filesUnder(Path cache, String part) throws IOException {
        Path root = cache.resolve("models--acme--tiny").resolve(part);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> root.relativize(path).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
