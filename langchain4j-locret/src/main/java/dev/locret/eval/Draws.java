package dev.locret.eval;

import java.util.random.RandomGenerator;

/** What is drawn at random for tasks. */
final class Draws {
    private Draws() {}

    /** The numbers from 0 to below {@code size} in random order. */
    static int[] permutation(int size, RandomGenerator random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int at = random.nextInt(i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        return order;
    }

    /** A random UUID that depends on {@code random} alone. */
    static String uuid(RandomGenerator random) {
        return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** Random letters from {@code first} to the 26th after it. */
    static String letters(int length, char first, RandomGenerator random) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append((char) (first + random.nextInt(26)));
        }
        return letters.toString();
    }
}
