package dev.locret.text.jinja;

import java.math.BigDecimal;
import java.math.MathContext;

/** Where Python's idea of characters and numbers differs from Java's. */
final class PythonText {
    private PythonText() {}

    /** What {@code str.isspace} and {@code str.strip} take for white space. */
    static boolean isSpace(int c) {
        return c >= 9 && c <= 13
                || c >= 28 && c <= 32
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200A
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** Resolves the escapes of a string literal; unknown ones stay as they are. */
    static String unescape(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        int i = 0;
        while (i < body.length()) {
            char c = body.charAt(i++);
            if (c != '\\' || i == body.length()) {
                out.append(c);
                continue;
            }
            char e = body.charAt(i++);
            int simple = "\n\\'\"abfnrtv".indexOf(e);
            if (simple == 0) {
                continue;
            } else if (simple > 0) {
                out.append("\0\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
            } else if (e == 'x' || e == 'u' || e == 'U') {
                int digits = e == 'x' ? 2 : e == 'u' ? 4 : 8;
                out.appendCodePoint(hex(body, i, digits, line));
                i += digits;
            } else if (e >= '0' && e <= '7') {
                int end = i;
                while (end < body.length() && end < i + 2 && body.charAt(end) >= '0' && body.charAt(end) <= '7') {
                    end++;
                }
                out.append((char) Integer.parseInt(body.substring(i - 1, end), 8));
                i = end;
            } else {
                out.append('\\').append(e);
            }
        }
        return out.toString();
    }

    private static int hex(String body, int from, int digits, int line) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
            if (digit < 0) {
                throw new SyntaxFailure(line, "truncated \\x or \\u escape in a string");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new SyntaxFailure(line, "illegal Unicode character in a string escape");
        }
        return (int) value;
    }

    /** {@code repr} of a float: the fewest digits that give it back, exponent from 1e16 on and below 1e-4. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(value);
        for (int precision = 1; precision <= 17; precision++) {
            BigDecimal rounded = new BigDecimal(value).round(new MathContext(precision));
            if (rounded.doubleValue() == value) {
                shortest = rounded.stripTrailingZeros();
                break;
            }
        }
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String sign = exponent < 0 ? "-" : "+";
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
        return (value < 0 ? "-" : "") + mantissa + "e" + sign + power;
    }

    /** {@code repr} of a string: single quotes unless only those occur inside, control characters escaped. */
    static String quoted(String value) {
        char quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(value.length() + 2).append(quote);
        value.codePoints().forEach(c -> {
            if (c == quote || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c < 32 || c == 127) {
                out.append(String.format("\\x%02x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(quote).toString();
    }
}
