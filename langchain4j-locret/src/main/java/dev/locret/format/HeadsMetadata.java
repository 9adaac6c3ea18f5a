package dev.locret.format;

import java.nio.file.Path;
import java.util.Optional;

/** What a file of heads says of how they were trained. */
public final class HeadsMetadata {
    /** Whether the question stood in front of its document. */
    public static final String QUESTION_FIRST = "question_first";

    private HeadsMetadata() {}

    /** What a file says of {@link #QUESTION_FIRST}; empty for files that say nothing, such as the authors'. */
    public static Optional<Boolean> questionFirst(Path file) {
        return Optional.ofNullable(HeadsFile.metadata(file).get(QUESTION_FIRST)).map(Boolean::valueOf);
    }
}
