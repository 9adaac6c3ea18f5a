package dev.locret.text.jinja;

/**
 * Bounds of one rendering. They are counts, never times, so that a template that renders once always renders. The
 * figures leave two orders of magnitude over what published chat templates need.
 */
final class Budget {
    /** Steps (evaluated nodes and loop rounds) that any template may take. */
    static final long BASE_STEPS = 2_000_000;

    /** Steps more for each value of the context: long histories need more. */
    static final long STEPS_PER_VALUE = 2_000;

    /** Characters that may be made in total, intermediate strings included. */
    static final long BASE_CHARACTERS = 16_000_000;

    /** Characters more for each character of template and context. */
    static final long CHARACTERS_PER_INPUT_CHARACTER = 64;

    /** Nodes within nodes, macro calls included; a frame of the Java stack is a few hundred bytes. */
    static final int MAX_DEPTH = 500;

    /** Lists within lists when a value is compared, printed or converted. */
    static final int MAX_VALUE_DEPTH = 128;

    /** Items of a list that a template makes. */
    static final int MAX_ITEMS = 1_000_000;

    private final long maxSteps;
    private final long maxCharacters;
    private long steps;
    private long characters;
    private int depth;

    Budget(long inputCharacters, long inputValues) {
        maxSteps = BASE_STEPS + Math.multiplyExact(STEPS_PER_VALUE, inputValues);
        maxCharacters = BASE_CHARACTERS + Math.multiplyExact(CHARACTERS_PER_INPUT_CHARACTER, inputCharacters);
    }

    void step() {
        if (++steps > maxSteps) {
            throw new Failure("stopped after " + maxSteps + " steps: the template loops too long");
        }
    }

    void characters(long count) {
        characters += count;
        if (characters > maxCharacters || characters < 0) {
            throw new Failure("stopped after making " + maxCharacters + " characters: the template writes too much");
        }
    }

    void enter() {
        step();
        if (++depth > MAX_DEPTH) {
            throw new Failure("nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    /** Fails if a value nests deeper than {@link #MAX_VALUE_DEPTH}; counts one step. */
    void value(int valueDepth) {
        step();
        if (valueDepth > MAX_VALUE_DEPTH) {
            throw new Failure("a value is nested deeper than " + MAX_VALUE_DEPTH + " levels");
        }
    }

    void items(long count) {
        if (count > MAX_ITEMS) {
            throw new Failure("a list of " + count + " items is over the limit of " + MAX_ITEMS);
        }
        steps += count;
        step();
    }
}
