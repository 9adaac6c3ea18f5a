package dev.locret.text;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;

/**
 * A chat template refused its messages by {@code raise_exception}, for example because roles do not alternate: the
 * request is at fault, not the template.
 */
public final class TemplateRejection extends LocretException {
    private static final long serialVersionUID = 1L;

    private final String words;

    /** The template at {@code origin} said {@code words} at {@code line}. */
    public TemplateRejection(String words, int line, String origin) {
        super(ErrorId.TEMPLATE, "template: line " + line + " refuses the messages: " + words + ": " + origin);
        this.words = words;
    }

    /** The template's own words, unchanged. */
    public String words() {
        return words;
    }
}
