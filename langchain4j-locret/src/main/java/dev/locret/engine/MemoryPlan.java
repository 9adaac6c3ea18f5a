package dev.locret.engine;

import dev.locret.cache.CachePlan;
import java.util.List;

/**
 * Memory that an engine takes, all but the prefix cache at load: a prompt of any length takes no more.
 *
 * @param parts what it consists of, on the device
 * @param availableBytes what the device had left before
 * @param deviceBytes memory of the device, others' included
 * @param cache sizes of a session's cache, with defaults filled in
 * @param prefixCacheBytes bytes for copies of caches in Java's heap; taken as they are needed, never more
 * @param heap whether the device's memory is Java's heap: then copies of caches are one of the parts
 */
public record MemoryPlan(
        List<Part> parts, long availableBytes, long deviceBytes, CachePlan cache, long prefixCacheBytes, boolean heap) {
    /**
     * A part of the plan.
     *
     * @param name what it is for
     * @param bytes its size on the device
     */
    public record Part(String name, long bytes) {}

    /** Bytes that are taken at load. */
    public long loadBytes() {
        return totalBytes() - (heap ? prefixCacheBytes : 0);
    }

    /** Bytes of all parts. */
    public long totalBytes() {
        long total = 0;
        for (Part part : parts) {
            total = Math.addExact(total, part.bytes());
        }
        return total;
    }
}
