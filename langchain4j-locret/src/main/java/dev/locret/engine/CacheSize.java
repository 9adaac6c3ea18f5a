package dev.locret.engine;

import dev.locret.common.ByteSize;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.regex.Pattern;

/**
 * A budget as users write it: entries per KV head, or bytes of all caches. Exactly one of the two is not 0.
 *
 * @param entries entries per KV head
 * @param bytes bytes
 */
record CacheSize(int entries, long bytes) {
    private static final Pattern ENTRIES = Pattern.compile("\\d{1,15}");

    /** Reads {@code 1024}, {@code 2GB}, {@code 1.5 GiB}. */
    static CacheSize parse(String text) {
        CacheSize size = ENTRIES.matcher(text.strip()).matches()
                ? new CacheSize(entries(text), 0)
                : new CacheSize(0, ByteSize.parse(text).orElse(0));
        Checks.argument(size.entries != 0 || size.bytes != 0, () -> message(text));
        return size;
    }

    private static int entries(String text) {
        try {
            return Math.toIntExact(Long.parseLong(text.strip()));
        } catch (ArithmeticException e) {
            throw new LocretException(ErrorId.INVALID_ARGUMENT, message(text), e);
        }
    }

    private static String message(String text) {
        return "cache-budget is neither a number of entries nor a size: cache-budget=" + text
                + ", allowed=for example 1024, 512MiB, 2GB";
    }
}
