package dev.locret.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that can be read in one sitting. */
class SourceSizeTest {
    private static final int MAX_LINES = 500;
    private static final int MAX_MEDIAN = 120;

    @Test
    void noFileExceeds500LinesExceptKernels() {
        assertThat(Repository.files(".java"))
                .hasSizeGreaterThan(100)
                .filteredOn(f -> !f.getFileName().toString().endsWith("Kernels.java"))
                .allSatisfy(f -> assertThat(lines(f)).as(f.toString()).isLessThanOrEqualTo(MAX_LINES));
    }

    @Test
    void halfOfTheMainFilesAreUnder120Lines() {
        List<Long> lengths = Repository.files(".java").stream()
                .filter(f -> f.toString().contains("/src/main/"))
                .map(SourceSizeTest::lines)
                .sorted()
                .toList();
        assertThat(lengths.get(lengths.size() / 2)).isLessThan(MAX_MEDIAN);
    }

    private static long lines(Path file) {
        return Repository.read(file).lines().count();
    }
}
