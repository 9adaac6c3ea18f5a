package dev.locret.engine;

/**
 * Told of a generation's progress on the engine's worker thread, so it must return soon and not wait
 * for another generation. Nothing is told once the generation was cancelled or failed; a call that has begun by then ends.
 * What a listener throws ends its generation and no other, and comes out of {@link Generation#await()}.
 */
public interface GenerationListener {
    /** Listens to nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /**
     * Before anything else, on the thread that submits a request. It is not in the queue yet: it can be cancelled, but not
     * waited for here. Not told for contexts, whose reading is at hand.
     */
    default void onSubmitted(Generation generation) {}

    /**
     * After each chunk of the prompt.
     *
     * @param tokensRead tokens of the prompt read so far
     * @param promptTokens tokens of the prompt
     * @param entriesKept entries of the fullest KV head
     * @param tokensPerSecond tokens read per second so far
     */
    default void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {}

    /** A piece of the answer: whole code points, never empty, never part of a stop text. */
    default void onText(String text) {}
}
