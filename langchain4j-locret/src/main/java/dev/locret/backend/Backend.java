package dev.locret.backend;

import dev.locret.common.Checks;
import dev.locret.common.LocretException;
import dev.locret.tensor.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * The seam that every device implements. The forward pass, the cache and eviction are written over these operations and
 * never see a float: token ids go in, token ids come out.
 *
 * <p>Operations run in the order of the calls and may return before they are done; those that return something to the
 * host wait. One thread at a time may call. Buffers and weights are allocated at load, never during a forward. A result
 * for one row does not depend on the other rows of the batch, as long as batches of up to {@link #STEP_ROWS} rows and
 * larger ones are not mixed for one session's decode steps.
 */
public interface Backend extends AutoCloseable {
    /** Rows up to which a batch may be computed another way, with other rounding: the most segments of a decode step. */
    int STEP_ROWS = 8;

    /** The device in a few words, for logs and {@code locret inspect}: name, kernels, threads. */
    String describe();

    /** Why nothing will work on this device any more, if that is so; a new backend may. */
    default Optional<LocretException> failure() {
        return Optional.empty();
    }

    /** What the device reaches at best, measured now in memory that is not given back before {@link #close}; or empty. */
    default Optional<DeviceSpeed> measureSpeed() {
        return Optional.empty();
    }

    /** Bytes of its memory, others' included. */
    default long totalBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    /** Whether its memory is Java's heap, which it then shares with copies of caches. */
    default boolean isHeap() {
        return true;
    }

    /** Bytes that can still be allocated. */
    long availableBytes();

    /** Bytes that {@code load} will occupy for this tensor. */
    long weightBytes(HostTensor tensor);

    /** Floats, all zero. */
    DeviceBuffer allocate(String name, long elements);

    /** Integers, all zero. */
    DeviceBuffer allocateInts(String name, long elements);

    /**
     * Buffers of one layer's cache.
     *
     * @param capacity entries of each head while all are equally full
     * @param largest most entries of one head; more than {@code capacity} if heads share their room
     */
    KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest);

    /**
     * As above for keys and values of another type.
     *
     * @throws LocretException ({@code invalid-argument}) if this device does not hold them so
     */
    default KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        requireFloats(type);
        return allocateCache(name, kvHeads, headDim, capacity, largest);
    }

    private void requireFloats(KvCacheType type) {
        Checks.argument(
                type == KvCacheType.F32,
                () -> "this device holds its cache as f32 only: kv-cache-type=" + type + ", device=" + describe());
    }

    /** As above for heads that all have the same room. */
    default KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity) {
        return allocateCache(name, kvHeads, headDim, capacity, capacity);
    }

    /** Bytes that {@link #allocateCache} occupies. */
    long cacheBytes(int kvHeads, int headDim, int capacity, int largest);

    /** As above for keys and values of another type. */
    default long cacheBytes(int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        requireFloats(type);
        return cacheBytes(kvHeads, headDim, capacity, largest);
    }

    /** As above for heads that all have the same room. */
    default long cacheBytes(int kvHeads, int headDim, int capacity) {
        return cacheBytes(kvHeads, headDim, capacity, capacity);
    }

    /** A vector or matrix as floats: norm weights and biases. */
    DeviceBuffer loadFloats(HostTensor tensor);

    /** The weight of a linear layer, in its own type. */
    DeviceWeight load(HostTensor tensor);

    /**
     * @param cosines {@code [positions, dimensions / 2]}
     * @param sines the same
     */
    RotaryTable loadRotary(float[] cosines, float[] sines, int positions, int dimensions);

    /**
     * Scratch for {@link #linear}, planned at load.
     *
     * @param maxRows rows of the largest batch
     * @param maxInputs columns of the widest weight; wider ones work, but slower
     */
    void reserveLinear(int maxRows, int maxInputs);

    /** Bytes that {@link #reserveLinear} occupies. */
    long linearBytes(int maxRows, int maxInputs);

    /**
     * Scratch for {@link #attend}, planned at load.
     *
     * @param maxRows rows of the largest batch
     * @param maxEntries entries of the fullest cache
     */
    void reserveAttention(AttentionSpec spec, int maxRows, int maxEntries);

    /** Bytes that {@link #reserveAttention} occupies. */
    long attentionBytes(AttentionSpec spec, int maxRows, int maxEntries);

    /** Scratch for {@link #sample} and {@link #surprise}, planned at load. */
    void reserveSampling(int vocabulary);

    /** Bytes that {@link #reserveSampling} occupies. */
    long samplingBytes(int vocabulary);

    /** Records decode steps, if this device does. */
    default Optional<StepRecorder> stepRecorder() {
        return Optional.empty();
    }

    /** {@code out[i] = table[tokenIds[i]]}. */
    void embed(DeviceWeight table, int[] tokenIds, Matrix out);

    /**
     * {@code out = in / sqrt(mean(in²) + epsilon) · weight}, row by row. A row whose mean square is NaN or infinite is
     * remembered under {@code site} for {@link #takeFault}.
     */
    void rmsNorm(Matrix in, int rows, DeviceBuffer weight, float epsilon, Matrix out, int site);

    /**
     * Every projection of the same input: {@code out = in · weightᵀ + bias}, or {@code out += …} if {@code accumulate}.
     *
     * @param in {@code [rows, weight.columns]}
     */
    void linear(Matrix in, int rows, List<Projection> projections, boolean accumulate);

    /**
     * Adds a projection to the residual stream and normalises it: {@link #linear} that accumulates, then {@link #rmsNorm}
     * of what it added to.
     *
     * @param normed {@code [rows, projection.out.columns]}
     */
    default void linearThenNorm(
            Matrix in, int rows, Projection projection, DeviceBuffer weight, float epsilon, Matrix normed, int site) {
        linear(in, rows, List.of(projection), true);
        rmsNorm(projection.out(), rows, weight, epsilon, normed, site);
    }

    /** {@code out = silu(gateUp[:, :width]) · gateUp[:, width:]} with {@code width = out.columns}. */
    void gatedActivation(Matrix gateUp, int rows, Matrix out);

    /** {@code x = silu(x)} in place. */
    void silu(Matrix x, int rows);

    /** {@code x = x · Φ(x)} in place, with the normal distribution's Φ itself and no approximation by tanh. */
    void gelu(Matrix x, int rows);

    /**
     * Appends the new tokens of a segment to its cache, keys before rotary embedding.
     *
     * @param keys {@code [rows of the batch, kvHeads · headDim]}
     * @param values the same
     */
    void append(Matrix keys, Matrix values, KvSegment segment);

    /** As above for all segments of a batch, in order of their rows. */
    default void append(Matrix keys, Matrix values, List<KvSegment> segments) {
        segments.forEach(segment -> append(keys, values, segment));
    }

    /** {@link #append} and then {@link #attend}: a device that rotates keys beforehand can do so as they are appended. */
    default void appendAndAttend(
            Matrix queries,
            Matrix keys,
            Matrix values,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums) {
        append(keys, values, segments);
        attend(queries, spec, rotary, segments, out, logSums);
    }

    /**
     * Attention of the new tokens, appended before, over all entries of their caches; causal among the new ones.
     * Queries, and keys as they are read, are rotated here.
     *
     * @param queries {@code [rows, heads · headDim]} before rotary embedding
     * @param out {@code [rows, heads · headDim]}
     */
    default void attend(Matrix queries, AttentionSpec spec, RotaryTable rotary, List<KvSegment> segments, Matrix out) {
        attend(queries, spec, rotary, segments, out, null);
    }

    /**
     * As above.
     *
     * @param logSums {@code [rows, heads]}: the logarithm of the sum over all logits' exponentials, or null
     */
    void attend(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums);

    /**
     * Scores every entry by the attention probabilities that a segment's last tokens give it, summed over the tokens and
     * the query heads of the group; {@link #attend} was called before.
     *
     * @param tokens last tokens of the segment that count
     * @param accumulate whether probabilities are added to what an entry of earlier tokens has
     * @param logSums what {@code attend} wrote
     */
    void scoreByAttention(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            KvSegment segment,
            int tokens,
            boolean accumulate,
            Matrix logSums);

    /**
     * How unexpected tokens are: {@code out[i] = -log p(tokenIds[i])} by the logits of row {@code i - 1}, in every column.
     * What the first row's token was expected by is not among the rows: it gets the mean of the others, 0 if alone.
     *
     * @param in {@code [tokenIds.length, output.columns]}: hidden rows after the last norm
     */
    void surprise(Matrix in, DeviceWeight output, int[] tokenIds, Matrix out);

    /**
     * Writes the scores of a segment's new tokens, appended before.
     *
     * @param scores {@code [rows of the batch, kvHeads]}
     * @param pooling odd width of the maximum taken over neighbouring new tokens, 1 for none
     */
    void storeScores(Matrix scores, KvSegment segment, int pooling);

    /** Scores every entry by minus the cosine of its key with the mean of the head's unit keys (KeyDiff). */
    void scoreByKeyDifference(KvSlice cache);

    /** Scores every entry by its position, those of positions below {@code sinks} above all (StreamingLLM). */
    void scoreByRecency(KvSlice cache, int sinks);

    /** Scores every entry by a number from 0 to 1 that depends on seed, head and position alone. */
    void scoreAtRandom(KvSlice cache, long seed);

    /** Drops all entries that {@code spec} does not keep; lengths of {@code cache} are set. */
    void evict(KvSlice cache, EvictionSpec spec);

    /** Copies all that a layer's cache holds to the host; waits for the device. */
    KvEntries copyEntries(KvSlice cache);

    /**
     * Replaces what a layer's cache holds by {@code entries}, which must have its heads and fit its capacity; lengths of
     * {@code cache} are set.
     */
    void setEntries(KvSlice cache, KvEntries entries);

    /** {@code out[i] = in[rows[i]]}. */
    void gatherRows(Matrix in, int[] rows, Matrix out);

    /**
     * Chooses a token for each row of logits; waits for the device.
     *
     * @param specs one a row
     * @return token ids; -1 for a row that holds NaN or plus infinity, wherever it is
     */
    int[] sample(Matrix logits, SamplingSpec[] specs);

    /** Copies rows to the host: for logits on request and for tests. */
    float[] download(Matrix matrix, int rows);

    /** Original positions that KV head {@code head} holds, ascending: for traces and tests. */
    int[] downloadPositions(KvSlice cache, int head);

    /** Operations that only training needs, with scratch for texts of that size. */
    TrainingOperations training(TrainingSpec spec);

    /** Bytes that {@link #training} occupies. */
    long trainingBytes(TrainingSpec spec);

    /** The least site at which {@link #rmsNorm} met NaN or infinity since the last call, or -1; waits. */
    int takeFault();

    @Override
    void close();
}
