package dev.locret.text.jinja;

/** A lexical unit: its kind, its text (a literal's value as text) and the line it starts on. */
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /** How a message names it. */
    String describe() {
        switch (kind) {
            case END:
                return "the end of the template";
            case DATA:
                return "template text";
            case VARIABLE_BEGIN:
                return "'{{'";
            case VARIABLE_END:
                return "'}}'";
            case BLOCK_BEGIN:
                return "'{%'";
            case BLOCK_END:
                return "'%}'";
            default:
                return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
        }
    }
}
