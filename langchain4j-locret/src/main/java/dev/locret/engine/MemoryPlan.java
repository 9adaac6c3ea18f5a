package dev.locret.engine;

import dev.locret.cache.CachePlan;
import java.util.List;

/**
 * Memory that an engine takes, all but the prefix cache at load: a prompt of any length takes no more.
 *
 * @param parts what it consists of
 * @param availableBytes what the device had left before
 * @param cache sizes of a session's cache, with defaults filled in
 * @param prefixCacheBytes bytes for copies of caches, one of the parts; taken as they are needed, never more
 */
public record MemoryPlan(List<Part> parts, long availableBytes, CachePlan cache, long prefixCacheBytes) {
    /**
     * A part of the plan.
     *
     * @param name what it is for
     * @param bytes its size on the device
     */
    public record Part(String name, long bytes) {}

    /** Bytes of all parts. */
    public long totalBytes() {
        long total = 0;
        for (Part part : parts) {
            total = Math.addExact(total, part.bytes());
        }
        return total;
    }
}
