package dev.locret.common;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as users write them: {@code 2GB}, {@code 1.5 GiB}, {@code 512MiB}. */
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?\\s*([a-z]+)");
    private static final Map<String, Long> UNITS = Map.of(
            "b", 1L,
            "kb", 1000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    private ByteSize() {}

    /** The bytes, or empty if the text is no number with a unit or more than a long holds. */
    public static OptionalLong parse(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = form.matches() ? UNITS.get(form.group(3)) : null;
        if (unit == null) {
            return OptionalLong.empty();
        }
        try {
            long whole = Math.multiplyExact(Long.parseLong(form.group(1)), unit);
            double fraction = form.group(2) == null ? 0 : Double.parseDouble("0." + form.group(2));
            return OptionalLong.of(Math.addExact(whole, (long) (fraction * unit)));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    /** Whole mebibytes, rounded up, for a reader. */
    public static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
