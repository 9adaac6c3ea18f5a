package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A budget as users write it: entries per KV head, or bytes of all caches. Exactly one of the two is not 0.
 *
 * @param entries entries per KV head
 * @param bytes bytes
 */
record CacheSize(int entries, long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?\\s*([a-z]*)");
    private static final Map<String, Long> UNITS = Map.of(
            "b", 1L,
            "kb", 1000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    /** Reads {@code 1024}, {@code 2GB}, {@code 1.5 GiB}. */
    static CacheSize parse(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (form.matches()) {
            try {
                if (form.group(3).isEmpty() && form.group(2) == null) {
                    return positive(text, new CacheSize(Math.toIntExact(Long.parseLong(form.group(1))), 0));
                }
                Long unit = UNITS.get(form.group(3));
                if (unit != null) {
                    return positive(text, new CacheSize(0, bytes(form, unit)));
                }
            } catch (ArithmeticException e) {
                throw refused(text, e);
            }
        }
        throw refused(text, null);
    }

    private static long bytes(Matcher form, long unit) {
        long whole = Math.multiplyExact(Long.parseLong(form.group(1)), unit);
        double fraction = form.group(2) == null ? 0 : Double.parseDouble("0." + form.group(2));
        return Math.addExact(whole, (long) (fraction * unit));
    }

    private static CacheSize positive(String text, CacheSize size) {
        if (size.entries == 0 && size.bytes == 0) {
            throw refused(text, null);
        }
        return size;
    }

    private static LocretException refused(String text, Exception cause) {
        return new LocretException(
                ErrorId.INVALID_ARGUMENT,
                "cache-budget is neither a number of entries nor a size: cache-budget=" + text
                        + ", allowed=for example 1024, 512MiB, 2GB",
                cause);
    }
}
