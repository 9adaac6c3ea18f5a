package dev.locret.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.locret.common.LocretException;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;

/**
 * Counts what a parser does with mutations of a sound file: it may accept one or refuse it by a {@link LocretException},
 * and takes memory in proportion to the file.
 */
public final class Mutations {
    /** Mutations of each sound file. */
    public static final int CASES = 10_000;
    /**
     * Bytes taken per byte of the file: an element of one byte becomes a boxed number. The fixed part are stack traces
     * and the buffers of the JSON parser.
     */
    private static final long MAX_BYTES_PER_BYTE = 200;

    private static final long MAX_BYTES_FIXED = 1_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Set<String> refusals = new TreeSet<>();
    private int cases;
    private int refused;

    /** What a parser does with one file. */
    @FunctionalInterface
    public interface Parser {
        void parse() throws Exception;
    }

    /** Runs one case; the file has so many bytes. */
    public void run(long bytes, Parser parser) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            parser.parse();
        } catch (LocretException e) {
            refused++;
            refusals.add(pattern(e.getMessage()));
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("case " + cases, e);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated)
                .as("bytes allocated by case %d, file of %d bytes", cases, bytes)
                .isLessThanOrEqualTo(MAX_BYTES_FIXED + MAX_BYTES_PER_BYTE * bytes);
        cases++;
    }

    /** A message without what differs from case to case. */
    private static String pattern(String message) {
        return message.replaceAll("'.*'|\".*\"|`.*`", "'…'")
                .replaceAll("[0-9]+", "#")
                .replaceAll("(not JSON|JSON).*", "$1");
    }

    /**
     * Mutations that nothing notices would prove nothing, and those that all fail at the first byte little more.
     *
     * @param leastKinds kinds of refusal there have to be
     */
    public void assertDeep(int leastKinds) {
        assertThat(cases).isEqualTo(CASES);
        assertThat(refused).as("refused").isBetween(CASES / 4, CASES * 99 / 100);
        assertThat(refusals).as("kinds of refusal").hasSizeGreaterThanOrEqualTo(leastKinds);
    }
}
