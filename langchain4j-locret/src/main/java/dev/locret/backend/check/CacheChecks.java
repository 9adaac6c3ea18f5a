package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.EXACT;
import static dev.locret.backend.check.OperationCheck.FLOATS;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.EvictionSpec.Sharing;
import dev.locret.backend.EvictionSpec.ValueNorm;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/** Appending to caches of every type, scoring what they hold without attention, and eviction. */
final class CacheChecks {
    private static final int KV_HEADS = 3;
    private static final int DIM = 64;
    private static final int CAPACITY = 1300;

    private CacheChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        for (KvCacheType type : KvCacheType.values()) {
            String suffix = ", cache " + type;
            for (int entries : new int[] {1, 33, 129}) {
                String size = KV_HEADS + "x" + entries + "x" + DIM;
                checks.add(new OperationCheck("append" + suffix, size, EXACT, b -> appended(b, entries, type)));
                checks.add(new OperationCheck(
                        "scoreByKeyDifference" + suffix,
                        size,
                        FLOATS,
                        b -> scored(b, entries, type, (each, cache) -> each.scoreByKeyDifference(cache))));
            }
            String size = KV_HEADS + "x1200x" + DIM;
            checks.add(new OperationCheck("evict" + suffix, size, EXACT, b -> evicted(b, type, null, null, 0)));
            checks.add(new OperationCheck(
                    "evict, shared budget" + suffix,
                    size,
                    EXACT,
                    b -> evicted(b, type, new Sharing(40, 900), null, 0)));
            String few = KV_HEADS + "x401x" + DIM;
            checks.add(new OperationCheck(
                    "evict, merged: what stays" + suffix, few, EXACT, b -> merged(b, type, null, false)));
            // Where numbers are packed, a difference in the last bit can be one of a step.
            checks.add(new OperationCheck(
                    "evict, merged: values" + suffix,
                    few,
                    type == KvCacheType.F32 ? FLOATS : 1e-3,
                    b -> merged(b, type, null, true)));
            checks.add(new OperationCheck(
                    "evict, merged, shared budget" + suffix,
                    few,
                    type == KvCacheType.F32 ? FLOATS : 1e-3,
                    b -> merged(b, type, new Sharing(40, 300), true)));
            checks.add(new OperationCheck(
                    "evict, by norms of values" + suffix, size, EXACT, b -> evicted(b, type, null, true, 0)));
        }
        checks.add(new OperationCheck(
                "evict, decaying",
                KV_HEADS + "x1200x" + DIM,
                EXACT,
                b -> evicted(b, KvCacheType.F32, null, null, 3000)));
        String size = KV_HEADS + "x129";
        checks.add(new OperationCheck("storeScores", size, EXACT, CacheChecks::stored));
        checks.add(new OperationCheck(
                "scoreByRecency",
                size,
                EXACT,
                b -> scored(b, 129, KvCacheType.F32, (each, cache) -> each.scoreByRecency(cache, 42))));
        checks.add(new OperationCheck(
                "scoreAtRandom",
                size,
                EXACT,
                b -> scored(b, 129, KvCacheType.F32, (each, cache) -> each.scoreAtRandom(cache, -77))));
        return checks;
    }

    private static KvSlice cache(Backend backend, KvCacheType type, boolean shared) {
        backend.reserveAttention(new AttentionSpec(KV_HEADS, KV_HEADS, DIM, 1, PositionMode.CACHE), 200, CAPACITY);
        return backend.allocateCache("cache", KV_HEADS, DIM, shared ? 1210 : CAPACITY, CAPACITY, type);
    }

    private static KvSegment append(Backend backend, KvSlice cache, int entries) {
        int width = KV_HEADS * DIM;
        float[] rows = SampleTensors.gaussian(new Random(entries), (entries + 2) * width);
        Matrix keys = SampleTensors.matrix(backend, rows, width);
        Matrix values = keys.from(1);
        KvSegment segment = new KvSegment(cache, 1, entries, 40);
        backend.append(keys, values, segment);
        return segment;
    }

    private static float[] appended(Backend backend, int entries, KvCacheType type) {
        KvSlice cache = cache(backend, type, false);
        append(backend, cache, entries);
        return all(backend.copyEntries(cache));
    }

    /** Everything that is held: keys, values and positions; scores where they say something. */
    static float[] all(KvEntries held) {
        float[] keys = held.keyFloats();
        float[] values = held.valueFloats();
        float[] out = Arrays.copyOf(keys, keys.length + values.length + held.positions().length);
        System.arraycopy(values, 0, out, keys.length, values.length);
        for (int i = 0; i < held.positions().length; i++) {
            out[keys.length + values.length + i] = held.positions()[i];
        }
        return out;
    }

    private static float[] scored(
            Backend backend, int entries, KvCacheType type, BiConsumer<Backend, KvSlice> scoring) {
        KvSlice cache = cache(backend, type, false);
        append(backend, cache, entries);
        scoring.accept(backend, cache);
        return backend.copyEntries(cache).scores();
    }

    private static float[] stored(Backend backend) {
        KvSlice cache = cache(backend, KvCacheType.F32, false);
        KvSegment segment = append(backend, cache, 129);
        float[] scores = SampleTensors.gaussian(new Random(7), 131 * KV_HEADS);
        backend.storeScores(SampleTensors.matrix(backend, scores, KV_HEADS), segment, 5);
        return backend.copyEntries(cache).scores();
    }

    /** No two entries of a head have equal scores, so there is one right choice. */
    private static KvEntries filled(KvCacheType type, int entries) {
        Random random = new Random(entries);
        int[] lengths = {entries, entries - 1, entries / 2};
        KvEntries out = KvEntries.allocate(lengths, DIM, type);
        SampleTensors.fill(random, out);
        for (int head = 0; head < KV_HEADS; head++) {
            for (int entry = 0; entry < lengths[head]; entry++) {
                out.positions()[out.first(head) + entry] = 2 * entry + 1;
                out.scores()[out.first(head) + entry] = (float) random.nextGaussian();
            }
        }
        return out;
    }

    /**
     * @param sharing how heads share their budgets, or null
     * @param logarithm how values' norms count, or null if they do not
     * @param agesFrom as in {@link EvictionSpec}
     */
    private static float[] evicted(
            Backend backend, KvCacheType type, Sharing sharing, Boolean logarithm, int agesFrom) {
        KvSlice cache = cache(backend, type, sharing != null);
        backend.setEntries(cache, filled(type, 1200));
        List<DeviceWeight> grams = new ArrayList<>();
        for (int head = 0; head < KV_HEADS; head++) {
            float[] gram = new float[DIM * DIM];
            for (int i = 0; i < DIM; i++) {
                gram[i * DIM + i] = 1 + i + head;
            }
            grams.add(backend.load(SampleTensors.floats("gram", gram, DIM)));
        }
        ValueNorm norm = logarithm == null ? null : new ValueNorm(grams, logarithm);
        int[] budgets = {333, 331, 329};
        backend.evict(cache, new EvictionSpec(budgets, 5, 31, sharing, 1, norm, agesFrom, false));
        return all(backend.copyEntries(cache));
    }

    private static float[] merged(Backend backend, KvCacheType type, Sharing sharing, boolean values) {
        KvSlice cache = cache(backend, type, sharing != null);
        backend.setEntries(cache, filled(type, 401));
        int[] budgets = {133, 131, 200};
        backend.evict(cache, new EvictionSpec(budgets, 5, 31, sharing, 1, null, 0, true));
        KvEntries held = backend.copyEntries(cache);
        if (values) {
            return held.valueFloats();
        }
        float[] out = new float[held.positions().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = held.positions()[i];
        }
        return out;
    }
}
