package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;

/** Looks at a session between its steps, on the worker's thread: for traces. */
interface Probe {
    /** Looks at nothing. */
    Probe NONE = new Probe() {};

    /**
     * After a chunk of a prompt and its eviction.
     *
     * @param begin first token of the chunk
     * @param local whether it was of the local tokens, which are not followed by an eviction
     */
    default void chunkRead(Backend backend, Session session, int begin, boolean local) {}

    /**
     * When the prompt was read.
     *
     * @param logits {@code [1, vocabulary]}
     */
    default void promptRead(Backend backend, Matrix logits) {}

    /**
     * When a token of the answer was chosen.
     *
     * @param logits {@code [1, vocabulary]} that it was chosen from
     * @param sampled the token
     * @return the token to go on with
     */
    default int chosen(Backend backend, Matrix logits, int sampled) {
        return sampled;
    }
}
