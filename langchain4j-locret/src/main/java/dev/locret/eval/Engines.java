package dev.locret.eval;

import dev.locret.engine.LocretEngine;

/** Loads the model that is measured. */
@FunctionalInterface
public interface Engines {
    /**
     * @param policy policy of requests that name none
     * @param budget entries kept per KV head, 0 for as many as the model's window holds
     * @param localTokens most tokens of a question
     */
    LocretEngine load(String policy, int budget, int localTokens);
}
