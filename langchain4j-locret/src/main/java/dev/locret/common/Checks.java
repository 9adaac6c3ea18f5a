package dev.locret.common;

import java.util.function.Supplier;

/** Argument checks in the manner {@code what: name=value}. */
public final class Checks {
    private Checks() {}

    /** Fails with {@link ErrorId#INVALID_ARGUMENT} unless {@code condition} holds. */
    public static void argument(boolean condition, Supplier<String> message) {
        check(condition, ErrorId.INVALID_ARGUMENT, message);
    }

    /** Fails with {@code id} unless {@code condition} holds; the message is only built on failure. */
    public static void check(boolean condition, ErrorId id, Supplier<String> message) {
        if (!condition) {
            throw new LocretException(id, message.get());
        }
    }

    /** Returns {@code value} if it lies in {@code [min, max]}. */
    public static int inRange(String name, int value, int min, int max) {
        argument(
                value >= min && value <= max,
                () -> name + " out of range: " + name + "=" + value + ", allowed=" + min + ".." + max);
        return value;
    }

    /** Returns {@code value} unless it is null. */
    public static <T> T notNull(String name, T value) {
        argument(value != null, () -> name + " is missing: " + name + "=null");
        return value;
    }
}
