package dev.locret.spring.autoconfigure;

import dev.locret.common.LocretException;

/** A model cannot be loaded as its properties say. The message begins with the property, if one is to blame. */
final class LocretStartException extends LocretException {
    private static final long serialVersionUID = 1L;

    private final String prefix;

    LocretStartException(String prefix, String message, LocretException cause) {
        super(cause.id(), message, cause);
        this.prefix = prefix;
    }

    /** Of the model's properties. */
    String prefix() {
        return prefix;
    }
}
