package dev.locret.engine;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.KvEntries;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.common.ByteSize;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.MemoryPlan.Part;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.eviction.ScoringHeads;
import dev.locret.eviction.ValueGrams;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.model.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up what an engine will allocate, before anything is. */
final class MemoryPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryPlanner.class);
    /** Above this share of what is left, the collector or driver has too little room to work. */
    private static final double HEADROOM = 0.95;

    private static final int DEFAULT_SNAPSHOTS = 6;
    /** Below this reading is slow, and takes hardly less memory. */
    private static final int SMALLEST_CHUNK = 64;

    private final Backend backend;
    private final ModelConfig config;
    private final List<ScoringHeads> heads;
    private final long weightBytes;

    /**
     * @param heads trained heads of every kind, or null where there are none
     */
    MemoryPlanner(Backend backend, WeightSource source, ScoringHeads... heads) {
        this.backend = backend;
        this.config = source.config();
        this.heads = Stream.of(heads).filter(Objects::nonNull).toList();
        this.weightBytes = Decoder.weightBytes(backend, source);
    }

    MemoryPlan plan(EngineSettings settings) {
        return plan(settings, settings.plan(), settings.maxSessions());
    }

    private MemoryPlan plan(EngineSettings settings, CachePlan cache, int sessions) {
        int longest = cache.longest();
        int rows = Math.max(cache.chunkSize(), sessions);
        int positions = settings.positions() == PositionMode.CACHE ? longest : config.contextLength();
        long logits = 4L * sessions * config.vocabularySize();
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("weights", weightBytes));
        for (ScoringHeads each : heads) {
            parts.add(new Part("retaining heads", EvictionPolicies.bytes(backend, each, cache.chunkSize())));
        }
        if (cache.retention().valueNorm()) {
            parts.add(new Part("norms of values", ValueGrams.bytes(backend, config)));
        }
        parts.add(new Part("rotary table", Decoder.rotaryBytes(config, positions, settings.ropeFactors())));
        parts.add(new Part(
                sessions == 1 ? "cache of 1 session" : "caches of " + sessions + " sessions",
                Math.multiplyExact(sessions, KvCache.bytes(backend, config, cache))));
        parts.add(new Part(
                "activations and scratch", Decoder.scratchBytes(backend, config, rows, sessions, longest) - logits));
        parts.add(new Part("logits", logits));
        long available = backend.availableBytes();
        long prefixCache = prefixCache(settings, cache, available, parts);
        if (prefixCache > 0 && backend.isHeap()) {
            parts.add(new Part("prefix cache", prefixCache));
        }
        return new MemoryPlan(
                List.copyOf(parts), available, backend.totalBytes(), cache, prefixCache, backend.isHeap());
    }

    /** What was asked for; else room for some caches, if that leaves most of the rest alone. */
    private long prefixCache(EngineSettings settings, CachePlan cache, long available, List<Part> others) {
        if (settings.prefixCacheBytes() >= 0) {
            return settings.prefixCacheBytes();
        }
        int entries = settings.policy().equals("none") ? cache.capacity() : cache.budget();
        long one = Math.multiplyExact(
                (long) config.layers(),
                KvEntries.bytes((long) entries * config.kvHeads(), config.headDim(), cache.type()));
        long taken = others.stream().mapToLong(Part::bytes).sum();
        // Snapshots lie in Java's heap, whatever the device.
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        long rest = backend.isHeap() ? Math.min(available - taken, heap) : heap;
        long bytes = Math.min(DEFAULT_SNAPSHOTS * one, rest / 4);
        return bytes < one ? 0 : bytes;
    }

    /**
     * The plan, if the device has room for it.
     *
     * @throws LocretException ({@code not-enough-memory}) with what would fit
     */
    MemoryPlan require(EngineSettings settings) {
        MemoryPlan plan = plan(settings);
        if (plan.totalBytes() > plan.availableBytes()) {
            // Garbage counts as used until it is collected.
            System.gc();
            plan = plan(settings);
        }
        if (plan.totalBytes() > plan.availableBytes()) {
            throw new LocretException(
                    ErrorId.NOT_ENOUGH_MEMORY,
                    "memory: needed=" + ByteSize.mebibytes(plan.totalBytes()) + ", available="
                            + ByteSize.mebibytes(plan.availableBytes()) + " of "
                            + ByteSize.mebibytes(plan.deviceBytes()) + " (" + describe(plan) + "); "
                            + advice(settings, plan));
        }
        if (plan.totalBytes() > HEADROOM * plan.availableBytes()) {
            LOG.warn(
                    "Memory is nearly full and reading may be slow: needed={}, available={}",
                    ByteSize.mebibytes(plan.totalBytes()),
                    ByteSize.mebibytes(plan.availableBytes()));
        }
        return plan;
    }

    private static String describe(MemoryPlan plan) {
        List<String> parts = new ArrayList<>();
        for (Part part : plan.parts()) {
            parts.add(part.name() + " " + ByteSize.mebibytes(part.bytes()));
        }
        return String.join(", ", parts);
    }

    private String advice(EngineSettings settings, MemoryPlan plan) {
        List<String> ways = new ArrayList<>();
        for (int sessions = settings.maxSessions() - 1; sessions >= 1; sessions--) {
            if (fits(settings, settings.plan(), sessions)) {
                ways.add("max-sessions=" + sessions + " fits");
                break;
            }
        }
        int budget = largestBudget(settings, settings.plan(), settings.maxSessions());
        if (budget > 0) {
            ways.add("cache-budget=" + budget + " fits");
        }
        int chunk = largestChunk(settings);
        if (chunk > 0) {
            ways.add("chunk-size=" + chunk + " fits");
        }
        if (ways.isEmpty()) {
            CachePlan smallest = settings.plan()
                    .withChunkSize(Math.min(SMALLEST_CHUNK, settings.plan().chunkSize()));
            int least = largestBudget(settings, smallest, 1);
            if (least > 0) {
                ways.add("max-sessions=1 with chunk-size=" + smallest.chunkSize() + " and cache-budget=" + least
                        + " fits");
            }
        }
        Backends.moreMemory(backend, plan.totalBytes()).ifPresent(ways::add);
        return ways.isEmpty() ? "no cache-budget fits" : String.join(", or ", ways);
    }

    /** The largest half, quarter and so on of the chunk with which all sessions fit, 0 if there is none. */
    private int largestChunk(EngineSettings settings) {
        for (int chunk = settings.plan().chunkSize() / 2; chunk >= SMALLEST_CHUNK; chunk /= 2) {
            if (fits(settings, settings.plan().withChunkSize(chunk), settings.maxSessions())) {
                return chunk;
            }
        }
        return 0;
    }

    /** The largest budget below the planned one with which so many sessions fit, 0 if there is none. */
    private int largestBudget(EngineSettings settings, CachePlan cache, int sessions) {
        int low = 0;
        int high = settings.plan().budget() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            boolean fits = fits(settings, cache.withBudget(middle), sessions);
            low = fits ? middle : low;
            high = fits ? high : middle - 1;
        }
        return low;
    }

    private boolean fits(EngineSettings settings, CachePlan cache, int sessions) {
        MemoryPlan plan = plan(settings, cache, sessions);
        return plan.totalBytes() <= plan.availableBytes();
    }
}
