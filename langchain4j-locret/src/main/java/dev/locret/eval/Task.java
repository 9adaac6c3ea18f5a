package dev.locret.eval;

import java.util.random.RandomGenerator;

/** Makes documents of a wanted length with questions to them. */
public interface Task {
    /** Name as on the command line. */
    String name();

    /**
     * A document with its questions.
     *
     * @param index from 0 on; tasks that read a file give its documents in order
     * @param tokens about how many tokens the document has; tasks that read a file pay no heed
     * @param random for all that is drawn
     */
    Item item(int index, int tokens, RandomGenerator random);

    /** How many documents there are; tasks that make them have no end. */
    default int size() {
        return Integer.MAX_VALUE;
    }

    /** Whether documents are as long as asked for; those of files are as long as they are. */
    default boolean hasLength() {
        return true;
    }
}
