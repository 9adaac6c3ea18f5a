package dev.locret.eval;

import dev.locret.common.ByteSize;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What candidates take by the memory plan, and which of them fit. */
final class CandidateMemory {
    /**
     * Memory of a candidate.
     *
     * @param bytes all but the prefix cache
     * @param cacheBytes the caches of all sessions at once
     * @param prefixCacheBytes the prefix cache by default
     */
    record Need(long bytes, long cacheBytes, long prefixCacheBytes) {
        static Need of(MemoryPlan plan) {
            long caches = plan.parts().stream()
                    .filter(part -> part.name().startsWith("cache"))
                    .mapToLong(MemoryPlan.Part::bytes)
                    .sum();
            return new Need(plan.loadBytes(), caches, plan.prefixCacheBytes());
        }
    }

    /** Options of a candidate, as it would be loaded. */
    private final Function<Candidate, EngineOptions> options;

    private final long maxBytes;
    private final Map<Candidate, MemoryPlan> plans = new HashMap<>();
    private final Map<Candidate, Need> fitting = new LinkedHashMap<>();
    private int tooLarge;
    private long available = Long.MAX_VALUE;
    private long smallestTooLarge = Long.MAX_VALUE;
    private int impossible;
    private String firstReason = "";

    /**
     * @param maxBytes what a candidate may take, all but the prefix cache
     */
    CandidateMemory(Function<Candidate, EngineOptions> options, long maxBytes) {
        this.options = options;
        this.maxBytes = maxBytes;
    }

    /**
     * The candidates that fit, in their order.
     *
     * @throws LocretException ({@code not-enough-memory}) with what the smallest needs, or ({@code invalid-argument}) if
     *     the model admits none
     */
    List<Candidate> fitting(List<Candidate> candidates) {
        candidates.forEach(this::plan);
        if (!fitting.isEmpty()) {
            return List.copyOf(fitting.keySet());
        }
        if (tooLarge == 0) {
            throw new LocretException(
                    ErrorId.INVALID_ARGUMENT,
                    "tune: the model admits no candidate: candidates=" + candidates.size() + ", the first: "
                            + firstReason);
        }
        throw new LocretException(
                ErrorId.NOT_ENOUGH_MEMORY,
                "tune: no candidate fits: " + limits() + ", the smallest needs="
                        + ByteSize.mebibytes(smallestTooLarge));
    }

    private void plan(Candidate candidate) {
        // All policies of an engine are loaded, whichever is used.
        Candidate same = candidate.withPolicy("");
        if (!plans.containsKey(same)) {
            plans.put(same, planned(candidate));
        }
        MemoryPlan plan = plans.get(same);
        if (plan == null) {
            impossible++;
            return;
        }
        Need need = Need.of(plan);
        // Reading a document for several questions takes a copy of a cache.
        boolean here = plan.totalBytes() <= plan.availableBytes() && need.prefixCacheBytes > 0;
        if (need.bytes <= maxBytes && here) {
            fitting.put(candidate, need);
        } else {
            tooLarge++;
            smallestTooLarge = Math.min(smallestTooLarge, need.bytes);
            available = plan.availableBytes();
        }
    }

    /** The plan, or null if the model does not admit the candidate. */
    private MemoryPlan planned(Candidate candidate) {
        try {
            return LocretEngine.plan(options.apply(candidate));
        } catch (LocretException e) {
            if (e.id() != ErrorId.INVALID_ARGUMENT) {
                throw e;
            }
            firstReason = firstReason.isEmpty() ? candidate.describe() + ": " + e.getMessage() : firstReason;
            return null;
        }
    }

    /** What there is, by what the user allows and by what this machine has. */
    private String limits() {
        return "max-memory=" + ByteSize.mebibytes(maxBytes)
                + (available < maxBytes ? ", available to Java here=" + ByteSize.mebibytes(available) : "");
    }

    /** Memory of a candidate that fits. */
    Need need(Candidate candidate) {
        return fitting.get(candidate);
    }

    /** What was left out and why, for a reader. */
    List<String> leftOut() {
        List<String> lines = new ArrayList<>();
        if (tooLarge > 0) {
            lines.add("not tried, since they need more than there is: " + limits() + ", candidates=" + tooLarge
                    + ", the smallest of them needs " + ByteSize.mebibytes(smallestTooLarge));
        }
        if (impossible > 0) {
            lines.add("not tried, since the model does not admit them: candidates=" + impossible + ", the first: "
                    + firstReason);
        }
        return lines;
    }
}
