package dev.locret.chat;

import dev.langchain4j.model.chat.response.StreamingHandle;

/**
 * Told of a request before the first word of its answer: long texts take a while to read. What it throws ends its request.
 */
public interface RequestListener {
    /**
     * Before anything else, on the thread that asks; of a streaming model that is still being loaded, on the one that waits
     * for that, when it is over.
     *
     * @param handle ends the request from any thread, also while it waits or its text is read: the call of a chat model
     *     throws then, the handler of a streaming one hears nothing more. No effect when the answer is complete.
     */
    default void onStart(StreamingHandle handle) {}

    /**
     * After each chunk of the prompt, on the thread that reads: it must return soon.
     *
     * @param tokensRead tokens of the prompt read so far
     * @param promptTokens tokens of the prompt
     * @param entriesKept cache entries of the fullest KV head
     * @param tokensPerSecond tokens read per second so far
     */
    default void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {}
}
