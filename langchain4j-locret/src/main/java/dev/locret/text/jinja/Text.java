package dev.locret.text.jinja;

import java.util.Arrays;

/**
 * A string that knows which of its characters the template wrote (trusted) and which came from messages, tools or
 * documents (untrusted). Cutting and joining keep the marks. Equality and order look at the characters only.
 */
public final class Text implements Comparable<Text> {
    private static final int[] NO_FLIPS = {};

    static final Text EMPTY = trusted("");

    private final String value;
    private final boolean startsTrusted;
    /** Ascending offsets, within the string, at which trust changes. */
    private final int[] flips;

    Text(String value, boolean startsTrusted, int[] flips) {
        this.value = value;
        this.startsTrusted = startsTrusted;
        this.flips = flips;
    }

    /** A string of the template or of the runtime itself. */
    public static Text trusted(String value) {
        return new Text(value, true, NO_FLIPS);
    }

    /** A string from outside. */
    public static Text untrusted(String value) {
        return new Text(value, false, NO_FLIPS);
    }

    static Text of(String value, boolean trusted) {
        return new Text(value, trusted, NO_FLIPS);
    }

    /** Receives the runs of equal trust, in order; none is empty. */
    @FunctionalInterface
    public interface RunConsumer {
        void accept(String run, boolean trusted);
    }

    /** Hands over the runs of equal trust. */
    public void forEachRun(RunConsumer consumer) {
        int from = 0;
        boolean trusted = startsTrusted;
        for (int flip : flips) {
            consumer.accept(value.substring(from, flip), trusted);
            from = flip;
            trusted = !trusted;
        }
        if (from < value.length()) {
            consumer.accept(value.substring(from), trusted);
        }
    }

    /** Whether no character came from outside. */
    public boolean isTrusted() {
        return value.isEmpty() || startsTrusted && flips.length == 0;
    }

    int length() {
        return value.length();
    }

    boolean isEmpty() {
        return value.isEmpty();
    }

    /** The characters {@code [from, to)}, counted in UTF-16 units. */
    Text substring(int from, int to) {
        if (from == 0 && to == value.length()) {
            return this;
        }
        boolean trusted = startsTrusted;
        int first = 0;
        while (first < flips.length && flips[first] <= from) {
            trusted = !trusted;
            first++;
        }
        int last = first;
        while (last < flips.length && flips[last] < to) {
            last++;
        }
        int[] inside = first == last ? NO_FLIPS : new int[last - first];
        for (int i = first; i < last; i++) {
            inside[i - first] = flips[i] - from;
        }
        return new Text(value.substring(from, to), trusted, inside);
    }

    /**
     * The same marks on other characters, if they are as many; else the whole is trusted only if this was.
     */
    Text withValue(String changed) {
        return changed.length() == value.length() ? new Text(changed, startsTrusted, flips) : of(changed, isTrusted());
    }

    /** Number of code points, which is what Python calls a string's length. */
    int codePoints() {
        return value.codePointCount(0, value.length());
    }

    @Override
    public int compareTo(Text other) {
        int[] mine = value.codePoints().toArray();
        int[] others = other.value.codePoints().toArray();
        return Arrays.compare(mine, others);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text && value.equals(((Text) other).value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
