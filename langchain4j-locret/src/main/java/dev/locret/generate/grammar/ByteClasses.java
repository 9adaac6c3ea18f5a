package dev.locret.generate.grammar;

import java.util.HashMap;
import java.util.Map;

/** A partition of the bytes that grows finer: bytes stay together as long as nothing tells them apart. */
final class ByteClasses {
    private final int[] classOf = new int[256];
    private int count = 1;

    /** Splits every class by {@code finer[byte]}. */
    void refine(int[] finer) {
        if (count == 256) {
            return;
        }
        Map<Long, Integer> pairs = new HashMap<>();
        long last = -1;
        int lastClass = 0;
        for (int value = 0; value < 256; value++) {
            long pair = (long) classOf[value] << 32 | finer[value] & 0xffffffffL;
            // Neighbours are mostly alike.
            if (pair != last) {
                Integer known = pairs.putIfAbsent(pair, pairs.size());
                lastClass = known == null ? pairs.size() - 1 : known;
                last = pair;
            }
            classOf[value] = lastClass;
        }
        count = pairs.size();
    }

    /** The class of every byte, from 0 to {@link #count()} - 1. */
    int[] classOf() {
        return classOf.clone();
    }

    int count() {
        return count;
    }
}
