package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KeyMixing;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvQuantizer;
import dev.locret.backend.KvRows;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.common.LocretException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A packed cache holds what the quantiser makes of each row, and computes, to the bit, what floats of these values do. */
class PackedCacheTest {
    private static final int KV_HEADS = 2;
    private static final int HEADS = 6;
    private static final int ROWS = 150;
    private static final int ENTRIES = 400;

    static Stream<Arguments> matrix() {
        return Stream.of("vector", "fallback").flatMap(kernels -> Stream.of(PositionMode.values())
                .flatMap(mode -> Stream.of(
                        Arguments.of(kernels, mode, KvCacheType.F16, 24),
                        Arguments.of(kernels, mode, KvCacheType.F16, 64),
                        Arguments.of(kernels, mode, KvCacheType.Q8_0, 32),
                        Arguments.of(kernels, mode, KvCacheType.Q8_0, 96),
                        Arguments.of(kernels, mode, KvCacheType.Q4_0, 64),
                        Arguments.of(kernels, mode, KvCacheType.Q4_0, 96))));
    }

    /** A cache of each kind with the same values. */
    private record Pair(CpuBackend backend, AttentionSpec spec, RotaryTable rotary, KvSlice packed, KvSlice plain) {
        void assertSame() {
            KvEntries a = backend.copyEntries(packed);
            KvEntries b = backend.copyEntries(plain);
            assertThat(a.lengths()).isEqualTo(b.lengths());
            assertThat(a.positions()).isEqualTo(b.positions());
            assertThat(a.scores()).isEqualTo(b.scores());
            assertThat(a.keyFloats()).isEqualTo(b.keyFloats());
            assertThat(a.valueFloats()).isEqualTo(b.valueFloats());
        }

        void assertSameAttention(Random random, int rows) {
            Matrix queries = matrix(backend, gaussian(random, rows * HEADS * spec.headDim()), HEADS * spec.headDim());
            float[] a = attend(packed, queries, rows);
            float[] b = attend(plain, queries, rows);
            assertThat(a).isEqualTo(b);
            assertSame();
        }

        /** Attention, and scores by it. */
        private float[] attend(KvSlice cache, Matrix queries, int rows) {
            Matrix out = matrix(backend, new float[rows * HEADS * spec.headDim()], HEADS * spec.headDim());
            Matrix sums = matrix(backend, new float[rows * HEADS], HEADS);
            KvSegment segment = new KvSegment(cache, 0, rows, cache.longest() - rows);
            backend.attend(queries, spec, rotary, List.of(segment), out, sums);
            backend.scoreByAttention(queries, spec, rotary, segment, rows, false, sums);
            return backend.download(out, rows);
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void computesWhatTheValuesThatItHoldsGive(String kernels, PositionMode mode, KvCacheType type, int headDim) {
        Random random = new Random(headDim);
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            AttentionSpec spec = new AttentionSpec(HEADS, KV_HEADS, headDim, 0.2f, mode);
            backend.reserveAttention(spec, ROWS, ENTRIES);
            RotaryTable rotary = backend.loadRotary(
                    gaussian(random, ENTRIES * headDim / 2), gaussian(random, ENTRIES * headDim / 2), ENTRIES, headDim);
            KvSlice packed = backend.allocateCache("packed", KV_HEADS, headDim, ENTRIES / 2, ENTRIES, type);
            KvSlice plain = backend.allocateCache("plain", KV_HEADS, headDim, ENTRIES / 2, ENTRIES);
            Pair pair = new Pair(backend, spec, rotary, packed, plain);

            float[] keys = gaussian(random, ROWS * KV_HEADS * headDim);
            float[] values = gaussian(random, ROWS * KV_HEADS * headDim);
            backend.append(
                    matrix(backend, keys, KV_HEADS * headDim),
                    matrix(backend, values, KV_HEADS * headDim),
                    new KvSegment(packed, 0, ROWS, 0));
            KvEntries held = backend.copyEntries(packed);
            assertThat(held.keys().packed())
                    .isEqualTo(quantised(type, type.mixesKeys() ? mixed(keys, headDim) : keys, headDim));
            assertThat(held.values().packed()).isEqualTo(quantised(type, values, headDim));
            backend.setEntries(plain, floats(held));

            pair.assertSameAttention(random, ROWS);
            pair.assertSameAttention(random, 3);
            for (KvSlice cache : List.of(packed, plain)) {
                backend.scoreByKeyDifference(cache);
            }
            pair.assertSame();
            // Heads share their room, so that entries move to other places too.
            EvictionSpec spread = new EvictionSpec(
                    new int[] {ROWS / 2, ROWS / 2}, 3, 5, new EvictionSpec.Sharing(9, ROWS), 1, null, 0, false);
            for (KvSlice cache : List.of(packed, plain)) {
                backend.evict(cache, spread);
            }
            assertThat(packed.entries()).isEqualTo(ROWS);
            pair.assertSame();
            EvictionSpec each = new EvictionSpec(new int[] {40, 17}, 3, 5);
            for (KvSlice cache : List.of(packed, plain)) {
                backend.evict(cache, each);
            }
            pair.assertSameAttention(random, 3);

            KvEntries copy = backend.copyEntries(packed);
            packed.clear();
            backend.setEntries(packed, copy);
            pair.assertSame();
        }
    }

    @Test
    void blocksThatHeadsDoNotFillAreRefused() {
        try (CpuBackend backend = new CpuBackend(1)) {
            assertThatThrownBy(() -> backend.allocateCache("cache", 1, 80, 4, 4, KvCacheType.Q8_0))
                    .isInstanceOf(LocretException.class)
                    .hasMessage("kv-cache-type=q8_0 needs a head dimension that is a multiple of 32: head-dim=80");
        }
    }

    /** Rows head after head, as a copy of a cache has them. */
    private static byte[] quantised(KvCacheType type, float[] rows, int headDim) {
        KvRows out = KvRows.allocate(type, ROWS * KV_HEADS, headDim);
        for (int head = 0; head < KV_HEADS; head++) {
            for (int row = 0; row < ROWS; row++) {
                int from = (row * KV_HEADS + head) * headDim;
                KvQuantizer.row(type, rows, from, headDim, out.packed(), out.at(head * ROWS + row));
            }
        }
        return out.packed();
    }

    private static float[] mixed(float[] keys, int headDim) {
        float[] out = keys.clone();
        for (int from = 0; from < out.length; from += headDim) {
            KeyMixing.mix(out, from, headDim);
        }
        return out;
    }

    private static KvEntries floats(KvEntries held) {
        KvEntries out = KvEntries.allocate(held.lengths(), held.headDim());
        System.arraycopy(held.keyFloats(), 0, out.keys().plain(), 0, out.keys().plain().length);
        System.arraycopy(
                held.valueFloats(), 0, out.values().plain(), 0, out.values().plain().length);
        System.arraycopy(held.scores(), 0, out.scores(), 0, out.scores().length);
        System.arraycopy(held.positions(), 0, out.positions(), 0, out.positions().length);
        return out;
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Matrix matrix(CpuBackend backend, float[] content, int columns) {
        DeviceBuffer buffer = backend.allocate("matrix", content.length);
        System.arraycopy(content, 0, CpuBuffer.floats(buffer), 0, content.length);
        return Matrix.of(buffer, columns);
    }
}
