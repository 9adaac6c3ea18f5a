package dev.locret.text.jinja;

import dev.locret.text.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Cuts the inside of one tag into names, literals and operators. */
final class TagLexer {
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",");

    private final String source;
    private final Deque<Character> open = new ArrayDeque<>();
    private int position;

    TagLexer(String source, int position) {
        this.source = source;
        this.position = position;
    }

    /** Skips white space and returns the position of the next token. */
    int skipSpace() {
        while (position < source.length() && PythonText.isSpace(source.charAt(position))) {
            position++;
        }
        return position;
    }

    /** Whether every bracket of this tag is closed, so that the tag may end here. */
    boolean balanced() {
        return open.isEmpty();
    }

    Token next(int line) {
        char c = source.charAt(position);
        if (c == '\'' || c == '"') {
            return string(c, line);
        }
        if (c >= '0' && c <= '9') {
            return number(line);
        }
        if (Character.isUnicodeIdentifierStart(source.codePointAt(position)) || c == '_') {
            int start = position;
            while (position < source.length()) {
                int codePoint = source.codePointAt(position);
                if (!Character.isUnicodeIdentifierPart(codePoint) || Character.isIdentifierIgnorable(codePoint)) {
                    break;
                }
                position += Character.charCount(codePoint);
            }
            return new Token(Kind.NAME, source.substring(start, position), line);
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                position += operator.length();
                balance(operator.charAt(0), line);
                return new Token(Kind.OPERATOR, operator, line);
            }
        }
        throw new SyntaxFailure(line, "unexpected char '" + Character.toString(source.codePointAt(position)) + "'");
    }

    private void balance(char c, int line) {
        if (c == '(' || c == '[' || c == '{') {
            open.push(c == '(' ? ')' : c == '[' ? ']' : '}');
        } else if (c == ')' || c == ']' || c == '}') {
            Character expected = open.poll();
            if (expected == null) {
                throw new SyntaxFailure(line, "unexpected '" + c + "'");
            }
            if (expected != c) {
                throw new SyntaxFailure(line, "unexpected '" + c + "', expected '" + expected + "'");
            }
        }
    }

    private Token string(char quote, int line) {
        int start = ++position;
        while (position < source.length() && source.charAt(position) != quote) {
            position += source.charAt(position) == '\\' ? 2 : 1;
        }
        if (position >= source.length()) {
            throw new SyntaxFailure(line, "string is not closed");
        }
        String body = source.substring(start, position++);
        return new Token(Kind.STRING, PythonText.unescape(body, line), line);
    }

    private Token number(int line) {
        int start = position;
        String prefix = source.substring(position, Math.min(position + 2, source.length()))
                .toLowerCase();
        if (prefix.equals("0x") || prefix.equals("0o") || prefix.equals("0b")) {
            int radix = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : 2;
            position += 2;
            skipDigits(radix);
            String digits = source.substring(start + 2, position).replace("_", "");
            return new Token(Kind.INTEGER, integer(digits, radix, line), line);
        }
        skipDigits(10);
        boolean fraction = position + 1 < source.length() && charAt(position) == '.' && isDigit(position + 1);
        if (fraction) {
            position++;
            skipDigits(10);
        }
        int exponent = position;
        if (charAt(exponent) == 'e' || charAt(exponent) == 'E') {
            exponent++;
            if (charAt(exponent) == '+' || charAt(exponent) == '-') {
                exponent++;
            }
            if (isDigit(exponent)) {
                position = exponent;
                skipDigits(10);
                fraction = true;
            }
        }
        String digits = source.substring(start, position).replace("_", "");
        if (fraction) {
            return new Token(Kind.FLOAT, digits, line);
        }
        return new Token(Kind.INTEGER, integer(digits, 10, line), line);
    }

    private static String integer(String digits, int radix, int line) {
        try {
            return Long.toString(Long.parseLong(digits, radix));
        } catch (NumberFormatException e) {
            throw new SyntaxFailure(line, "integer '" + digits + "' is malformed or over 64 bits");
        }
    }

    private void skipDigits(int radix) {
        while (position < source.length()
                && (Character.digit(charAt(position), radix) >= 0 && charAt(position) < 128
                        || charAt(position) == '_')) {
            position++;
        }
    }

    private boolean isDigit(int index) {
        return charAt(index) >= '0' && charAt(index) <= '9';
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : '\0';
    }
}
