package dev.locret.backend.cuda;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Attention. Chunks of models with a usual head dimension run on tensor cores in f16 with f32 sums; everything else in
 * f32. A decode step's segments are read in parts of a fixed number of entries, so that a result depends on nothing but
 * its own cache.
 */
final class CudaAttention {
    /** Largest head dimension of the kernels in f32. */
    static final int MAX_HEAD_DIM = 128;

    private static final Set<Integer> TENSOR_CORE_DIMS = Set.of(64, 96, 128);
    /** Query rows of a block, in f32 and on tensor cores. */
    private static final int ROWS = 16;

    /** Query rows of a block of {@code attend_step}, whichever are enough for a group. */
    private static final int FEW_ROWS = 4;

    private static final int MANY_ROWS = 8;
    /** Dimensions of a lane there, and lanes of a block. */
    private static final int PIECE = 8;

    private static final int THREADS = 128;

    private static final int CHUNK_ROWS = 64;
    /** Entries that a block looks at together. */
    private static final int KEYS = 32;
    /** Entries of a part in a decode step. */
    private static final int PART = 256;

    private static final int TASK_BYTES = 24;
    private static final int PARTS_BYTES = 20;

    private final Launch launch;
    private final Parameters parameters;
    private final AttentionSpec spec;
    private final int maxEntries;
    private final int partialRows;
    /** Rotated keys and values of a layer as f16, or what eviction moves. */
    private final CudaBuffer packed;

    private final CudaBuffer partial;
    private final Kernel attendRows;
    /** For caches of f32 or f16, and of q8_0; null if no lane's share of this head dimension is whole. */
    private final Kernel attendStep;

    private final Kernel attendStepBytes;

    private final int stepLanes;
    private final int stepRows;
    private final Kernel combineParts;
    private final Kernel packEntries;
    private final Kernel attendChunk;
    private final Kernel attentionMass;

    CudaAttention(
            Launch launch,
            Parameters parameters,
            Kernels kernels,
            CudaMemory memory,
            AttentionSpec spec,
            int maxEntries,
            Precision precision) {
        requireKernel(spec);
        this.launch = launch;
        this.parameters = parameters;
        this.spec = spec;
        this.maxEntries = maxEntries;
        this.partialRows = partialRows(spec, maxEntries);
        this.packed = memory.allocate("packed keys and values", packedFloats(spec, maxEntries));
        this.partial = memory.allocate("parts of attention", partialFloats(spec, maxEntries));
        this.attendRows = kernels.get("attend_rows", "attend_rows");
        this.stepLanes = spec.headDim() <= 8 * PIECE ? 8 : 16;
        this.stepRows = spec.groupSize() <= FEW_ROWS ? FEW_ROWS : MANY_ROWS;
        boolean pieces = spec.headDim() % PIECE == 0;
        String step = "attend_step_" + stepLanes + "_" + stepRows;
        this.attendStep = pieces ? kernels.get("attend_step", step) : null;
        this.attendStepBytes = pieces ? kernels.get("attend_step", step + "_bytes") : null;
        this.combineParts = kernels.get("attend_rows", "combine_parts");
        boolean tensorCores = precision == Precision.MIXED && TENSOR_CORE_DIMS.contains(spec.headDim());
        this.packEntries = tensorCores ? kernels.get("attend_chunk", "pack_entries") : null;
        this.attendChunk = tensorCores ? kernels.get("attend_chunk", "attend_chunk_" + spec.headDim()) : null;
        this.attentionMass = kernels.get("attention_mass", "attention_mass");
    }

    /** @throws LocretException ({@code model-unsupported}) if no kernel has that head dimension */
    static void requireKernel(AttentionSpec spec) {
        if (spec.headDim() > MAX_HEAD_DIM) {
            throw new LocretException(
                    ErrorId.MODEL_UNSUPPORTED,
                    "cuda: no kernel for this head dimension: head-dim=" + spec.headDim() + ", allowed=1.."
                            + MAX_HEAD_DIM + " (device=cpu has no limit)");
        }
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int maxEntries) {
        return CudaMemory.occupied(4 * packedFloats(spec, maxEntries))
                + CudaMemory.occupied(4 * partialFloats(spec, maxEntries));
    }

    private static long packedFloats(AttentionSpec spec, int maxEntries) {
        return (long) spec.kvHeads() * maxEntries * spec.headDim();
    }

    /** Rows of all parts of a decode step whose segments all have the fullest cache. */
    private static int partialRows(AttentionSpec spec, int maxEntries) {
        return Math.multiplyExact(Backend.STEP_ROWS * spec.groupSize(), parts(maxEntries));
    }

    private static long partialFloats(AttentionSpec spec, int maxEntries) {
        return (long) spec.kvHeads() * partialRows(spec, maxEntries) * (spec.headDim() + 2);
    }

    private static int parts(int entries) {
        return (entries + PART - 1) / PART;
    }

    private int partsOf(KvSegment segment) {
        return parts(entriesOf(segment));
    }

    /** Of a step that is recorded, as many as its cache may ever have: those beyond its end cost a block that ends at once. */
    private int entriesOf(KvSegment segment) {
        return parameters.recording() ? maxEntries : segment.cache().longest();
    }

    /** Bytes of the lists for one row of a recorded step. */
    static long stepBytes(AttentionSpec spec, int maxEntries) {
        long tasks = (long) parts(maxEntries) * ((spec.groupSize() + FEW_ROWS - 1) / FEW_ROWS);
        return TASK_BYTES * tasks + PARTS_BYTES * (long) spec.groupSize();
    }

    /** Scratch that is free between two operations, {@code kvHeads · maxEntries · headDim} words. */
    CudaBuffer scratch() {
        return packed;
    }

    int maxEntries() {
        return maxEntries;
    }

    /** One block, as {@code Task} in {@code attention.cuh}. */
    private record Task(int segment, int firstRow, int rows, int firstEntry, int lastEntry, int slot) {}

    /** One row of {@code combine_parts}, as {@code Parts} there. */
    private record Row(int firstSlot, int parts, int partStride, int batchRow, int inGroup) {}

    /** Rows of the batch that are still to be appended. */
    record New(Matrix keys, Matrix values) {}

    /** Whether {@link #run} can append: all segments are chunks whose entries it packs. */
    boolean packs(List<KvSegment> segments) {
        return attendChunk != null && segments.stream().allMatch(segment -> segment.rows() > Backend.STEP_ROWS);
    }

    /**
     * Attention of a batch.
     *
     * @param added what the kernel that rotates keys appends as well, or null if that is done; lengths count it already
     */
    void run(Matrix queries, CudaRotary rotary, List<KvSegment> segments, Matrix out, Matrix logSums, New added) {
        List<Task> tasks = new ArrayList<>();
        List<Task> steps = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        int slots = 0;
        for (int i = 0; i < segments.size(); i++) {
            KvSegment segment = segments.get(i);
            if (segment.rows() > Backend.STEP_ROWS) {
                if (attendChunk != null) {
                    chunk(queries, rotary, segment, out, logSums, added);
                } else {
                    addTasks(tasks, i, segment);
                }
                continue;
            }
            int needed = segment.rows() * spec.groupSize() * partsOf(segment);
            if (slots + needed > partialRows) {
                flush(queries, rotary, segments, out, logSums, tasks, steps, rows);
                slots = 0;
            }
            if (readsPieces(segment, rotary)) {
                addParts(steps, stepRows, rows, i, segment, slots);
            } else {
                addParts(tasks, ROWS, rows, i, segment, slots);
            }
            slots += needed;
        }
        flush(queries, rotary, segments, out, logSums, tasks, steps, rows);
    }

    /** Attention of some tokens of a segment alone, in f32; other rows of {@code out} and {@code logSums} are left alone. */
    void runRows(Matrix queries, CudaRotary rotary, KvSegment s, int[] tokens, Matrix out, Matrix logSums) {
        List<Task> tasks = new ArrayList<>();
        int longest = s.cache().longest();
        for (int token : tokens) {
            for (int row = 0; row < spec.groupSize(); row += ROWS) {
                int count = Math.min(ROWS, spec.groupSize() - row);
                tasks.add(new Task(0, token * spec.groupSize() + row, count, 0, longest, -1));
            }
        }
        rows(queries, rotary, List.of(s), out, logSums, tasks);
    }

    private void addTasks(List<Task> tasks, int segment, KvSegment s) {
        int all = s.rows() * spec.groupSize();
        for (int row = 0; row < all; row += ROWS) {
            tasks.add(new Task(
                    segment, row, Math.min(ROWS, all - row), 0, s.cache().longest(), -1));
        }
    }

    private void addParts(List<Task> tasks, int rowsOfTask, List<Row> rows, int segment, KvSegment s, int slot) {
        int all = s.rows() * spec.groupSize();
        int parts = partsOf(s);
        for (int part = 0; part < parts; part++) {
            for (int row = 0; row < all; row += rowsOfTask) {
                int count = Math.min(rowsOfTask, all - row);
                tasks.add(new Task(segment, row, count, part * PART, (part + 1) * PART, slot + part * all + row));
            }
        }
        for (int row = 0; row < all; row++) {
            rows.add(new Row(slot + row, parts, all, s.firstRow() + row / spec.groupSize(), row % spec.groupSize()));
        }
    }

    /** Whether lanes can read whole pieces of a cache; keys in nibbles are mixed, four pieces at a time. */
    private boolean readsPieces(KvSegment segment, CudaRotary rotary) {
        return attendStep != null
                && rotary.dimensions() / 2 % PIECE == 0
                && !segment.cache().type().mixesKeys();
    }

    /** Runs all that was collected. */
    private void flush(
            Matrix queries,
            CudaRotary rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums,
            List<Task> tasks,
            List<Task> steps,
            List<Row> rows) {
        if (!tasks.isEmpty()) {
            rows(queries, rotary, segments, out, logSums, tasks);
        }
        if (!steps.isEmpty()) {
            int dim = spec.headDim();
            int readers = THREADS / stepLanes;
            int floats = Math.max(stepRows * dim, readers * stepRows * (dim + 2));
            // All caches of a backend's engine are of one type.
            boolean bytes = segments.get(steps.get(0).segment()).cache().type() == KvCacheType.Q8_0;
            begin(bytes ? attendStepBytes : attendStep, queries, rotary, segments, steps)
                    .address(partial.address())
                    .value(partialRows)
                    .run(steps.size(), spec.kvHeads(), THREADS, 4 * floats);
            steps.clear();
        }
        if (!rows.isEmpty()) {
            combine(out, logSums, rows);
        }
    }

    private void rows(
            Matrix queries, CudaRotary rotary, List<KvSegment> segments, Matrix out, Matrix logSums, List<Task> tasks) {
        int dim = spec.headDim();
        begin(attendRows, queries, rotary, segments, tasks)
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .address(CudaBuffer.addressOrNull(logSums))
                .value(logSums == null ? 0 : logSums.stride())
                .address(partial.address())
                .value(partialRows)
                .run(tasks.size(), spec.kvHeads(), THREADS, 4 * (ROWS * dim + KEYS * (2 * dim + 1) + ROWS * KEYS));
        tasks.clear();
    }

    /** What kernels that work off tasks have in common. */
    private Launch begin(Kernel kernel, Matrix queries, CudaRotary rotary, List<KvSegment> segments, List<Task> tasks) {
        long taskList = parameters.put(
                TASK_BYTES * tasks.size(),
                to -> tasks.forEach(t -> to.putInt(t.segment())
                        .putInt(t.firstRow())
                        .putInt(t.rows())
                        .putInt(t.firstEntry())
                        .putInt(t.lastEntry())
                        .putInt(t.slot())));
        launch.of(kernel)
                .address(taskList)
                .address(parameters.segments(segments))
                .address(parameters.heads(segments))
                .address(CudaBuffer.address(queries))
                .value(queries.stride())
                .value(spec.kvHeads())
                .value(spec.groupSize())
                .value(spec.headDim())
                .value(spec.scale());
        return rotary(rotary);
    }

    private void combine(Matrix out, Matrix logSums, List<Row> rows) {
        long rowList = parameters.put(
                PARTS_BYTES * rows.size(),
                to -> rows.forEach(r -> to.putInt(r.firstSlot())
                        .putInt(r.parts())
                        .putInt(r.partStride())
                        .putInt(r.batchRow())
                        .putInt(r.inGroup())));
        launch.of(combineParts)
                .address(rowList)
                .address(partial.address())
                .value(partialRows)
                .value(spec.groupSize())
                .value(spec.headDim())
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .address(CudaBuffer.addressOrNull(logSums))
                .value(logSums == null ? 0 : logSums.stride())
                .run(rows.size(), spec.kvHeads(), 32, 0);
        rows.clear();
    }

    private Launch rotary(CudaRotary rotary) {
        return rotary(launch, spec, rotary);
    }

    /** Adds the arguments of {@code Rotary} in {@code cache.cuh}. */
    static Launch rotary(Launch launch, AttentionSpec spec, CudaRotary rotary) {
        return launch.address(rotary.cosines().address())
                .address(rotary.sines().address())
                .value(rotary.dimensions() / 2)
                .value(spec.positions() == PositionMode.ORIGINAL);
    }

    /**
     * Appending apart from packing would write each new key and value (f32) and read it again, with a launch of its own;
     * here what is appended is read back at once by the threads that wrote it.
     */
    private void chunk(Matrix queries, CudaRotary rotary, KvSegment segment, Matrix out, Matrix logSums, New added) {
        long segments = parameters.segments(List.of(segment));
        long heads = parameters.heads(segment.cache());
        int dim = spec.headDim();
        long values = packed.address() + 2L * spec.kvHeads() * maxEntries * dim;
        launch.of(packEntries).address(segments).address(heads).value(dim);
        rotary(rotary)
                .address(packed.address())
                .address(values)
                .value(maxEntries)
                .address(added == null ? 0 : CudaBuffer.address(added.keys()))
                .value(added == null ? 0 : added.keys().stride())
                .address(added == null ? 0 : CudaBuffer.address(added.values()))
                .value(added == null ? 0 : added.values().stride())
                .run(segment.cache().longest(), spec.kvHeads(), 128, 0);
        launch.of(attendChunk)
                .address(segments)
                .address(heads)
                .address(CudaBuffer.address(queries))
                .value(queries.stride())
                .value(spec.groupSize())
                .value(spec.scale());
        // Two stages of keys and values, in rows of dim + 8 halves; the queries fit where they will lie.
        int shared = 2 * 2 * KEYS * (dim + 8) * 2;
        rotary(rotary)
                .address(packed.address())
                .address(values)
                .value(maxEntries)
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .address(CudaBuffer.addressOrNull(logSums))
                .value(logSums == null ? 0 : logSums.stride())
                .run((segment.rows() * spec.groupSize() + CHUNK_ROWS - 1) / CHUNK_ROWS, spec.kvHeads(), 128, shared);
    }

    /** {@link Backend#scoreByAttention}. */
    void mass(Matrix queries, CudaRotary rotary, KvSegment segment, int tokens, boolean accumulate, Matrix logSums) {
        int dim = spec.headDim();
        launch.of(attentionMass)
                .address(parameters.segments(List.of(segment)))
                .address(parameters.heads(segment.cache()))
                .address(CudaBuffer.address(queries))
                .value(queries.stride())
                .value(spec.groupSize())
                .value(dim)
                .value(spec.scale());
        rotary(rotary)
                .address(CudaBuffer.address(logSums))
                .value(logSums.stride())
                .value(tokens)
                .value(accumulate)
                .address(CudaBuffer.address(segment.cache().scores()))
                .run((entriesOf(segment) + KEYS - 1) / KEYS, spec.kvHeads(), 128, 4 * (ROWS * dim + KEYS * (dim + 1)));
    }
}
