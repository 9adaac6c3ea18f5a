package dev.locret.text;

/** What a token is for. */
enum TokenKind {
    /** Text. */
    NORMAL,
    /** Stands for text that no vocabulary entry covers. */
    UNKNOWN,
    /** Steers the model; never made from text that a user wrote. */
    CONTROL,
    /** Text that is always one token, wherever it occurs. */
    USER_DEFINED,
    /** A place kept free. */
    UNUSED,
    /** One byte, written {@code <0x41>}. */
    BYTE;

    /** Whether the token means something other than its text. */
    boolean isSpecial() {
        return this == CONTROL || this == UNKNOWN;
    }

    /** Whether the token is looked for in a text before anything else is done with it. */
    boolean isWhole() {
        return this == CONTROL || this == UNKNOWN || this == USER_DEFINED;
    }
}
