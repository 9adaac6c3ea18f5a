package dev.locret.samples.desk;

import java.time.Instant;
import java.util.UUID;

/**
 * A document on somebody's desk, without its text.
 *
 * @param mediaType as its content says, whatever its name
 * @param characters of its text
 * @param tokens of its text, 0 until it has been read
 * @param message why it could not be read, or null
 */
record DeskDocument(
        UUID id,
        String owner,
        String name,
        String mediaType,
        long bytes,
        int characters,
        int tokens,
        State state,
        String message,
        Instant created) {
    enum State {
        /** It is being read, or will be. */
        READING,
        /** It can be asked. */
        READY,
        FAILED
    }

    /** Name of its context. */
    String context() {
        return "desk-" + id;
    }
}
