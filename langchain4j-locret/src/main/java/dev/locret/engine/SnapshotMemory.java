package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Memory on the host for copies of caches, by key. What was not used for the longest time makes room for what comes;
 * only entries that exist nowhere else stay until they are removed.
 */
final class SnapshotMemory {
    /** What is kept. */
    private record Kept(Object value, long bytes, boolean fixed) {}

    private final Map<Object, Kept> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final long capacity;
    private long used;

    /**
     * @param capacity bytes, 0 to keep nothing
     */
    SnapshotMemory(long capacity) {
        this.capacity = capacity;
    }

    long capacity() {
        return capacity;
    }

    synchronized long used() {
        return used;
    }

    /** What is kept under {@code key}, which counts as a use, or null. */
    synchronized Object get(Object key) {
        Kept kept = entries.get(key);
        return kept == null ? null : kept.value();
    }

    /**
     * Keeps {@code value}, which replaces what was kept under its key, if it can be made to fit.
     *
     * @param fixed whether it stays until it is removed
     * @return whether it is kept
     */
    synchronized boolean put(Object key, Object value, long bytes, boolean fixed) {
        remove(key);
        if (!makeRoom(bytes)) {
            return false;
        }
        entries.put(key, new Kept(value, bytes, fixed));
        used += bytes;
        return true;
    }

    /** Fails with {@code contexts-full} unless {@code bytes} more would fit if all that may go went. */
    synchronized void requireRoom(Object key, long bytes) {
        long fixed = 0;
        for (Map.Entry<Object, Kept> entry : entries.entrySet()) {
            if (entry.getValue().fixed() && !entry.getKey().equals(key)) {
                fixed += entry.getValue().bytes();
            }
        }
        if (bytes > capacity - fixed) {
            throw new LocretException(
                    ErrorId.CONTEXTS_FULL,
                    "contexts: no memory for another: needed=" + bytes + " bytes, taken=" + fixed
                            + " bytes, prefix-cache=" + capacity + " bytes; remove one, raise prefix-cache, or set"
                            + " contexts-directory");
        }
    }

    /** Drops what was not used for the longest time until {@code bytes} more fit; returns whether they do. */
    synchronized boolean makeRoom(long bytes) {
        Iterator<Kept> oldest = entries.values().iterator();
        while (used > capacity - bytes && oldest.hasNext()) {
            Kept kept = oldest.next();
            if (!kept.fixed()) {
                oldest.remove();
                used -= kept.bytes();
            }
        }
        return used <= capacity - bytes;
    }

    /** Returns what was kept under {@code key}, or null. */
    synchronized Object remove(Object key) {
        Kept kept = entries.remove(key);
        if (kept == null) {
            return null;
        }
        used -= kept.bytes();
        return kept.value();
    }

    synchronized int count() {
        return entries.size();
    }
}
