package dev.locret.generate;

/**
 * What may come next in one answer that is held to a language. Holds the state of that answer; for one thread at a time.
 */
public interface TokenConstraint {
    /**
     * The tokens that may come next: bit {@code i % 64} of word {@code i / 64} is token {@code i}; tokens beyond the last
     * word may not. End tokens are among them when the answer may end here. The array is shared: it must not be changed,
     * and later calls do not change it. Null stands for all tokens.
     */
    long[] allowed();

    /**
     * Goes on by one token. After an end token nothing is allowed any more.
     *
     * @throws dev.locret.common.LocretException ({@code invalid-argument}) if the token is not allowed
     */
    void accept(int token);

    /** Whether what was accepted is a whole sentence. */
    boolean complete();

    /** Whether it is a whole sentence and nothing can be added to it: the answer ends here without a further token. */
    boolean finished();
}
