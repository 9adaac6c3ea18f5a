package dev.locret.text.jinja;

import dev.locret.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens. White space follows jinja2 with {@code trim_blocks} (a newline after a block or comment
 * goes), {@code lstrip_blocks} (blanks between the start of a line and a block or comment go), and without
 * {@code keep_trailing_newline} (one newline at the very end goes); {@code -} strips all, {@code +} nothing.
 */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int countedTo;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokenize(String source) {
        String normal = source.replace("\r\n", "\n").replace('\r', '\n');
        if (normal.endsWith("\n")) {
            normal = normal.substring(0, normal.length() - 1);
        }
        Lexer lexer = new Lexer(normal);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < source.length()) {
            int open = nextTag(position);
            if (open < 0) {
                data(position, source.length());
                position = source.length();
                break;
            }
            char kind = source.charAt(open + 1);
            data(position, stripEnd(position, open, kind));
            position = open + 2;
            if (kind == '#') {
                comment(open);
                continue;
            }
            if (position < source.length() && (charAt(position) == '-' || charAt(position) == '+')) {
                position++;
            }
            if (kind == '%' && raw(open)) {
                continue;
            }
            tag(open, kind);
        }
        tokens.add(new Token(Kind.END, "", lineAt(source.length())));
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char c = source.charAt(i + 1);
            if (c == '{' || c == '%' || c == '#') {
                return i;
            }
        }
        return -1;
    }

    /** The end of the text in front of the tag at {@code open}, after stripping. */
    private int stripEnd(int from, int open, char kind) {
        char sign = charAt(open + 2);
        int end = open;
        if (sign == '-') {
            while (end > from && PythonText.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && kind != '{') {
            int start = open;
            while (start > from && (source.charAt(start - 1) == ' ' || source.charAt(start - 1) == '\t')) {
                start--;
            }
            boolean lineStart = start == 0 || source.charAt(start - 1) == '\n';
            end = lineStart ? start : open;
        }
        return end;
    }

    private void data(int from, int to) {
        if (from < to) {
            tokens.add(new Token(Kind.DATA, source.substring(from, to), lineAt(from)));
        }
    }

    private void comment(int open) {
        int close = source.indexOf("#}", position);
        if (close < 0) {
            throw new SyntaxFailure(lineAt(open), "missing end of comment tag");
        }
        position = close + 2;
        // "{#-}" has one sign, which belongs to its start.
        afterBlock(close > open + 2 ? source.charAt(close - 1) : ' ');
    }

    /** White space behind a block or comment whose last character before the delimiter is {@code sign}. */
    private void afterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign != '+' && charAt(position) == '\n') {
            position++;
        }
    }

    private void skipSpace() {
        while (position < source.length() && PythonText.isSpace(source.charAt(position))) {
            position++;
        }
    }

    /** Reads {@code raw … endraw}; returns false, with nothing consumed, if this is another block. */
    private boolean raw(int open) {
        int p = wordAfterSpace(position, "raw");
        if (p < 0) {
            return false;
        }
        boolean strip = charAt(p) == '-' && source.startsWith("%}", p + 1);
        if (!strip && !source.startsWith("%}", p)) {
            return false;
        }
        position = p + (strip ? 3 : 2);
        if (strip) {
            skipSpace();
        }
        for (int end = source.indexOf("{%", position); end >= 0; end = source.indexOf("{%", end + 1)) {
            int q = end + 2;
            if (charAt(q) == '-' || charAt(q) == '+') {
                q++;
            }
            q = wordAfterSpace(q, "endraw");
            if (q < 0) {
                continue;
            }
            char sign = charAt(q);
            if (sign == '-' || sign == '+') {
                q++;
            }
            if (source.startsWith("%}", q)) {
                data(position, stripEnd(position, end, '%'));
                position = q + 2;
                afterBlock(sign);
                return true;
            }
        }
        throw new SyntaxFailure(lineAt(open), "missing end of raw directive");
    }

    /** The position behind {@code word} and the space around it, or -1. */
    private int wordAfterSpace(int from, String word) {
        int p = from;
        while (p < source.length() && PythonText.isSpace(source.charAt(p))) {
            p++;
        }
        if (!source.startsWith(word, p)) {
            return -1;
        }
        p += word.length();
        if (p < source.length() && Character.isJavaIdentifierPart(source.charAt(p))) {
            return -1;
        }
        while (p < source.length() && PythonText.isSpace(source.charAt(p))) {
            p++;
        }
        return p;
    }

    private void tag(int open, char kind) {
        boolean block = kind == '%';
        tokens.add(new Token(block ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN, "", lineAt(open)));
        String end = block ? "%}" : "}}";
        TagLexer inside = new TagLexer(source, position);
        while (true) {
            int at = inside.skipSpace();
            if (at >= source.length()) {
                throw new SyntaxFailure(lineAt(open), "tag is not closed, expected '" + end + "'");
            }
            char c = source.charAt(at);
            boolean signed = (c == '-' || c == '+' && block) && source.startsWith(end, at + 1);
            if (inside.balanced() && (signed || source.startsWith(end, at))) {
                tokens.add(new Token(block ? Kind.BLOCK_END : Kind.VARIABLE_END, "", lineAt(at)));
                position = at + (signed ? 3 : 2);
                if (block) {
                    afterBlock(signed ? c : ' ');
                } else if (signed) {
                    skipSpace();
                }
                return;
            }
            tokens.add(inside.next(lineAt(at)));
        }
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : '\0';
    }

    /** Line numbers are asked for in ascending order of positions, so counting goes on from the last one. */
    private int lineAt(int index) {
        for (; countedTo < index; countedTo++) {
            if (source.charAt(countedTo) == '\n') {
                line++;
            }
        }
        return line;
    }
}
