package dev.locret.eval;

import dev.locret.engine.LocretEngine;

/** Loads the model that is measured. */
@FunctionalInterface
public interface Engines {
    /**
     * @param policy policy of requests that name none
     * @param budget entries kept per KV head; for full attention the tokens of the longest document with its question
     *     and answer, and the model's window may hold fewer
     * @param localTokens most tokens of a question
     */
    LocretEngine load(String policy, int budget, int localTokens);
}
