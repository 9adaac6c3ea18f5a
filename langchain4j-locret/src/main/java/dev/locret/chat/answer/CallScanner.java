package dev.locret.chat.answer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the end of a JSON object that comes in pieces, and the arguments of the call in it as soon as its name is known.
 * Brackets within strings do not count. Whether it is JSON at all shows only when it is whole.
 */
final class CallScanner {
    /** What stands before the arguments, in the order in which every known model writes it. */
    private static final Pattern HEAD =
            Pattern.compile("\\{\\s*+(?:\"(?:type|id)\"\\s*+:\\s*+\"[^\"\\\\]*+\"\\s*+,\\s*+)*+\"name\"\\s*+:\\s*+"
                    + "\"([^\"\\\\]*+)\"\\s*+,\\s*+\"(?:arguments|parameters)\"\\s*+:\\s*+(?=\\{)");

    /** A head that is longer is found out when the call is whole. */
    private static final int MAX_HEAD = 1024;

    private static final int UNKNOWN = -1;

    private final StringBuilder text = new StringBuilder();
    private final boolean argumentsOnly;
    private String name;
    private int argumentsBegin = UNKNOWN;
    private int argumentsEnd = UNKNOWN;
    private int given;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean whole;

    /** A call that names its tool itself. */
    CallScanner() {
        this.argumentsOnly = false;
    }

    /** The arguments of a call whose name stood before them. */
    CallScanner(String name) {
        this.argumentsOnly = true;
        this.name = name;
        this.argumentsBegin = 0;
    }

    /** Takes the next character; the first must be an opening brace. */
    void append(char c) {
        text.append(c);
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            if (argumentsBegin != UNKNOWN && argumentsEnd == UNKNOWN && depth == (argumentsOnly ? 0 : 1)) {
                argumentsEnd = text.length();
            }
            whole = depth == 0;
        }
        if (c == '{' && depth == 2 && name == null && text.length() <= MAX_HEAD) {
            findHead();
        }
    }

    private void findHead() {
        Matcher head = HEAD.matcher(text);
        if (head.lookingAt()) {
            name = head.group(1);
            argumentsBegin = head.end();
        }
    }

    /** Whether the object has ended. */
    boolean whole() {
        return whole;
    }

    /** All of it so far. */
    String text() {
        return text.toString();
    }

    /** Name of the tool, or null while it is unknown; it stays unknown if the arguments come before it. */
    String name() {
        return name;
    }

    /** The arguments if they are known to be whole, else null. */
    String arguments() {
        return argumentsEnd == UNKNOWN ? null : text.substring(argumentsBegin, argumentsEnd);
    }

    /**
     * More of the arguments since the last call, possibly empty. A piece always ends in something visible, and the first
     * one has more than the opening brace, so that arguments without content come in one piece.
     */
    String takeArguments() {
        if (argumentsBegin == UNKNOWN) {
            return "";
        }
        int end = argumentsEnd == UNKNOWN ? text.length() : argumentsEnd;
        String piece = text.substring(argumentsBegin + given, end).stripTrailing();
        if (piece.isEmpty() || given == 0 && piece.strip().equals("{")) {
            return "";
        }
        given += piece.length();
        return piece;
    }
}
