package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.ATTENTION;
import static dev.locret.backend.check.OperationCheck.FLOATS;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Attention, and scores by it, over caches of every type with a length of their own for each KV head. */
final class AttentionChecks {
    private static final int POSITIONS = 700;
    private static final Set<Integer> TENSOR_CORE_DIMENSIONS = Set.of(64, 96, 128);

    /**
     * @param rotated dimensions that rotary embedding turns
     * @param cached entries of the fullest head
     * @param rows new tokens of each segment
     */
    private record Size(int heads, int kvHeads, int dim, int rotated, int cached, int... rows) {
        AttentionSpec spec(PositionMode positions) {
            return new AttentionSpec(heads, kvHeads, dim, 0.9f / (float) Math.sqrt(dim), positions);
        }

        @Override
        public String toString() {
            return heads + "/" + kvHeads + "x" + dim + " over " + cached + " + " + Arrays.toString(rows);
        }
    }

    private static final List<Size> SIZES = List.of(
            new Size(9, 3, 64, 64, 300, 61, 1),
            new Size(4, 2, 96, 64, 129, 31),
            new Size(8, 2, 128, 128, 255, 127),
            new Size(9, 3, 64, 64, 33, 9, 61),
            new Size(9, 3, 64, 64, 515, 1, 2, 8, 1),
            new Size(8, 2, 128, 128, 513, 1),
            new Size(14, 2, 96, 96, 300, 1, 3),
            new Size(4, 4, 32, 20, 33, 33, 3),
            new Size(4, 4, 24, 20, 31, 9));

    private AttentionChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        for (Size size : SIZES) {
            for (KvCacheType type : KvCacheType.values()) {
                if (size.dim() % type.elements().blockSize() == 0) {
                    boolean halves = TENSOR_CORE_DIMENSIONS.contains(size.dim())
                            && Arrays.stream(size.rows()).anyMatch(rows -> rows > Backend.STEP_ROWS);
                    double bound = halves ? ATTENTION : FLOATS;
                    PositionMode positions = type == KvCacheType.F16 ? PositionMode.ORIGINAL : PositionMode.CACHE;
                    checks.add(new OperationCheck(
                            "attend, cache " + type, size.toString(), bound, b -> attended(b, size, type, positions)));
                    if (size.rows()[0] > Backend.STEP_ROWS) {
                        checks.add(new OperationCheck(
                                "appendAndAttend, cache " + type,
                                size.toString(),
                                bound,
                                b -> appended(b, size, type, positions, false)));
                        checks.add(new OperationCheck(
                                "appendAndAttend, what is held, cache " + type,
                                size.toString(),
                                OperationCheck.EXACT,
                                b -> appended(b, size, type, positions, true)));
                    }
                    checks.add(new OperationCheck(
                            "scoreByAttention, cache " + type,
                            size.toString(),
                            bound,
                            b -> scored(b, size, type, positions)));
                }
            }
        }
        return checks;
    }

    /** What attention is computed of. */
    private record Inputs(
            Matrix queries, Matrix keys, Matrix values, RotaryTable rotary, List<KvSegment> segments, int rows) {}

    private static Inputs appendedInputs(Backend backend, Size size, KvCacheType type, PositionMode positions) {
        Inputs inputs = inputs(backend, size, type, positions);
        backend.append(inputs.keys(), inputs.values(), inputs.segments());
        return inputs;
    }

    private static Inputs inputs(Backend backend, Size size, KvCacheType type, PositionMode positions) {
        Random random = new Random(size.heads() + size.cached());
        AttentionSpec spec = size.spec(positions);
        int dim = size.dim();
        backend.reserveAttention(spec, 200, POSITIONS);
        List<KvSegment> segments = new ArrayList<>();
        int first = 0;
        for (int count : size.rows()) {
            KvSlice cache = backend.allocateCache("cache", size.kvHeads(), dim, POSITIONS, POSITIONS, type);
            backend.setEntries(cache, entries(random, size, type));
            segments.add(new KvSegment(cache, first, count, size.cached() + 3));
            first += count;
        }
        int width = size.kvHeads() * dim;
        Matrix keys = SampleTensors.matrix(backend, SampleTensors.gaussian(random, first * width), width);
        Matrix values = SampleTensors.matrix(backend, SampleTensors.gaussian(random, first * width), width);
        int all = size.heads() * dim;
        Matrix queries = SampleTensors.matrix(backend, SampleTensors.gaussian(random, first * all), all);
        return new Inputs(queries, keys, values, rotary(backend, size.rotated()), segments, first);
    }

    /** Each further head has an entry less, as budgets that heads share leave them. */
    private static KvEntries entries(Random random, Size size, KvCacheType type) {
        int[] lengths = new int[size.kvHeads()];
        Arrays.setAll(lengths, head -> Math.max(0, size.cached() - head));
        KvEntries out = KvEntries.allocate(lengths, size.dim(), type);
        SampleTensors.fill(random, out);
        for (int head = 0; head < lengths.length; head++) {
            for (int entry = 0; entry < lengths[head]; entry++) {
                out.positions()[out.first(head) + entry] = entry + head;
                out.scores()[out.first(head) + entry] = random.nextFloat();
            }
        }
        return out;
    }

    private static RotaryTable rotary(Backend backend, int dimensions) {
        float[] cosines = new float[POSITIONS * dimensions / 2];
        float[] sines = new float[cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            double angle = i / (dimensions / 2) * Math.pow(100, -2.0 * (i % (dimensions / 2)) / dimensions);
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) Math.sin(angle);
        }
        return backend.loadRotary(cosines, sines, POSITIONS, dimensions);
    }

    private static float[] attended(Backend backend, Size size, KvCacheType type, PositionMode positions) {
        Inputs inputs = appendedInputs(backend, size, type, positions);
        Matrix out = RowChecks.zeros(backend, inputs.rows(), size.heads() * size.dim());
        backend.attend(inputs.queries(), size.spec(positions), inputs.rotary(), inputs.segments(), out);
        return backend.download(out, inputs.rows());
    }

    /** Attention, or what the last cache then holds. */
    private static float[] appended(
            Backend backend, Size size, KvCacheType type, PositionMode positions, boolean held) {
        Inputs inputs = inputs(backend, size, type, positions);
        Matrix out = RowChecks.zeros(backend, inputs.rows(), size.heads() * size.dim());
        backend.appendAndAttend(
                inputs.queries(),
                inputs.keys(),
                inputs.values(),
                size.spec(positions),
                inputs.rotary(),
                inputs.segments(),
                out,
                null);
        KvSegment last = inputs.segments().get(inputs.segments().size() - 1);
        return held ? CacheChecks.all(backend.copyEntries(last.cache())) : backend.download(out, inputs.rows());
    }

    private static float[] scored(Backend backend, Size size, KvCacheType type, PositionMode positions) {
        Inputs inputs = appendedInputs(backend, size, type, positions);
        AttentionSpec spec = size.spec(positions);
        Matrix out = RowChecks.zeros(backend, inputs.rows(), size.heads() * size.dim());
        Matrix sums = RowChecks.zeros(backend, inputs.rows(), size.heads());
        backend.attend(inputs.queries(), spec, inputs.rotary(), inputs.segments(), out, sums);
        KvSegment first = inputs.segments().get(0);
        backend.scoreByAttention(
                inputs.queries(), spec, inputs.rotary(), first, Math.min(3, first.rows()), false, sums);
        backend.scoreByAttention(inputs.queries(), spec, inputs.rotary(), first, first.rows(), true, sums);
        return backend.copyEntries(first.cache()).scores();
    }
}
