package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSlice;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.CacheSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Contexts that no model read, and what they belong to. */
final class SnapshotFixtures {
    static final int LAYERS = 2;
    static final int KV_HEADS = 3;
    static final int HEAD_DIM = 8;
    static final int VOCABULARY = 1000;

    private SnapshotFixtures() {}

    static SnapshotBinding binding() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("model", "m");
        values.put("cache-budget", "64");
        return new SnapshotBinding(values);
    }

    static List<KvSlice> slices() {
        try (CpuBackend backend = new CpuBackend(1)) {
            return Collections.nCopies(LAYERS, backend.allocateCache("slice", KV_HEADS, HEAD_DIM, 1 << 16));
        }
    }

    /** Every number in it, and its policy, tell {@code version}. */
    static ReadContext context(String name, int version, int entries) {
        int[] tokens = new int[entries + KV_HEADS];
        Arrays.fill(tokens, version);
        List<KvEntries> layers = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            KvEntries one = KvEntries.allocate(new int[] {entries, entries + 1, entries + 2}, HEAD_DIM);
            Arrays.fill(one.keys().plain(), version);
            Arrays.fill(one.values().plain(), version);
            Arrays.fill(one.scores(), version);
            int at = 0;
            for (int length : one.lengths()) {
                for (int entry = 0; entry < length; entry++) {
                    one.positions()[at++] = entry;
                }
            }
            layers.add(one);
        }
        return ReadContext.of(name, tokens, "v" + version, 64, new CacheSnapshot(tokens.length, layers));
    }

    /** Compares all that they hold; a recursive comparison takes seconds for large arrays. */
    static void assertSame(ReadContext actual, ReadContext expected) {
        assertThat(actual.name()).isEqualTo(expected.name());
        assertThat(actual.policy()).isEqualTo(expected.policy());
        assertThat(actual.text().hash()).isEqualTo(expected.text().hash());
        assertThat(Arrays.equals(actual.tokens(), expected.tokens())).isTrue();
        assertThat(actual.snapshot().tokens()).isEqualTo(expected.snapshot().tokens());
        assertThat(actual.snapshot().layers()).hasSameSizeAs(expected.snapshot().layers());
        for (int layer = 0; layer < LAYERS; layer++) {
            KvEntries a = actual.snapshot().layers().get(layer);
            KvEntries b = expected.snapshot().layers().get(layer);
            assertThat(a.lengths()).containsExactly(b.lengths());
            assertThat(a.headDim()).isEqualTo(b.headDim());
            assertThat(Arrays.equals(a.positions(), b.positions())).isTrue();
            assertThat(Arrays.equals(a.scores(), b.scores())).isTrue();
            assertThat(Arrays.equals(a.keys().floats(), b.keys().floats())).isTrue();
            assertThat(Arrays.equals(a.values().floats(), b.values().floats())).isTrue();
        }
    }
}
