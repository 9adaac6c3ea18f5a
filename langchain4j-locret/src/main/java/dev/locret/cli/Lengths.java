package dev.locret.cli;

import dev.locret.common.Checks;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of tokens such as {@code 4k}, which are 4,096. */
final class Lengths {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(k|m)?");

    private Lengths() {}

    static int parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        Checks.argument(matcher.matches(), () -> "not a number of tokens: length=" + text + ", such as 4096, 4k or 1m");
        long unit = matcher.group(2) == null ? 1 : matcher.group(2).equals("k") ? 1 << 10 : 1 << 20;
        long value = Long.parseLong(matcher.group(1)) * unit;
        Checks.argument(value <= 1 << 26, () -> "length out of range: length=" + text + ", allowed=..64m");
        return (int) value;
    }
}
