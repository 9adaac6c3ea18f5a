package dev.locret.train.data;

/** A model that answers messages. */
@FunctionalInterface
public interface TextModel {
    /**
     * The answer to a message of the user's, with nothing before it.
     *
     * @param temperature 0 for the most likely answer
     * @param seed of what is drawn: the same gives the same answer
     */
    String answer(String message, double temperature, long seed);
}
