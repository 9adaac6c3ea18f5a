package dev.locret.model;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.DecodeStep;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.StepRecorder;
import dev.locret.cache.KvCache;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.eviction.ObservedAttention;
import dev.locret.eviction.Signal;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The forward pass of a decoder-only transformer, written once over {@link Backend}. A prefill chunk is one segment of
 * many tokens, a decode step of several sessions several segments of one token; there is one code path. Everything is
 * allocated when the decoder is made.
 *
 * <p>Not safe for several threads.
 */
public final class Decoder {
    private final Backend backend;
    private final ModelConfig config;
    private final DecoderWeights weights;
    private final AttentionSpec attention;
    private final RotaryTables rotary;
    private final int maxRows;

    /** Rows of a forward, and below them those of one that runs between its layers. */
    private final Matrix hidden;

    private final Matrix normed;
    private final Matrix qkv;
    private final Matrix queries;
    private final Matrix keys;
    private final Matrix values;
    private final Matrix attended;
    /** What normalises attention, for policies that observe it. */
    private final Matrix logSums;

    private final Matrix gateUp;
    private final Matrix activated;
    /** How unexpected tokens are, for policies that ask. */
    private final Matrix surprise;

    private final Matrix last;
    private final Matrix logits;

    private final Residual outer;
    private final Residual inner;
    private final List<Projection> unembedding;

    private boolean running;
    private int outerFault = -1;

    /**
     * @param maxRows most tokens of a forward
     * @param maxSegments most segments of a forward that want logits
     * @param maxEntries entries of the fullest cache, which bounds rotary positions
     * @param factors longrope's factors
     */
    public Decoder(
            WeightSource source,
            Backend backend,
            int maxRows,
            int maxSegments,
            int maxEntries,
            PositionMode positions,
            RotaryEmbedding.Factors factors) {
        this.backend = backend;
        this.config = source.config();
        this.maxRows = maxRows;
        this.weights = DecoderWeights.load(source, backend);
        this.attention = attentionSpec(config, positions);
        int covered = positions == PositionMode.CACHE ? maxEntries : config.contextLength();
        this.rotary = RotaryTables.load(backend, config, covered, factors);
        backend.reserveLinear(maxRows, widestInput(config));
        backend.reserveAttention(attention, maxRows, maxEntries);
        backend.reserveSampling(config.vocabularySize());
        this.hidden = matrix("hidden", maxRows + Backend.STEP_ROWS, config.hiddenSize());
        this.normed = matrix("normed", maxRows, config.hiddenSize());
        this.qkv = matrix("qkv", maxRows, qkvWidth(config));
        int queryWidth = config.heads() * config.headDim();
        int keyWidth = config.kvHeads() * config.headDim();
        this.queries = qkv.slice(0, queryWidth);
        this.keys = qkv.slice(queryWidth, keyWidth);
        this.values = qkv.slice(queryWidth + keyWidth, keyWidth);
        this.attended = matrix("attended", maxRows, queryWidth);
        this.logSums = matrix("sums of attention", maxRows, config.heads());
        this.surprise = matrix("surprise", maxRows, config.kvHeads());
        this.gateUp = matrix("gate and up", maxRows, 2 * config.feedForwardSize());
        this.activated = matrix("activated", maxRows, config.feedForwardSize());
        this.last = matrix("last tokens", maxSegments, config.hiddenSize());
        this.logits = matrix("logits", maxSegments, config.vocabularySize());
        this.outer = residual(hidden);
        this.inner = residual(hidden.from(maxRows));
        this.unembedding = List.of(new Projection(weights.output(), null, logits));
        backend.stepRecorder().ifPresent(steps -> steps.reserve(attention, config.layers(), maxSegments, maxEntries));
    }

    /** The hidden rows of a forward, and the blocks that add to them. */
    private record Residual(Matrix x, List<Block> blocks) {}

    private Residual residual(Matrix x) {
        return new Residual(
                x,
                IntStream.range(0, config.layers())
                        .mapToObj(layer -> block(layer, x))
                        .toList());
    }

    private Block block(int layer, Matrix x) {
        return Block.of(weights.layers()[layer], qkv, gateUp, x);
    }

    private Matrix matrix(String name, int rows, int columns) {
        return Matrix.of(backend.allocate(name, (long) rows * columns), columns);
    }

    private static AttentionSpec attentionSpec(ModelConfig config, PositionMode positions) {
        float scale = (float) (1 / Math.sqrt(config.headDim()));
        return new AttentionSpec(config.heads(), config.kvHeads(), config.headDim(), scale, positions);
    }

    private static int qkvWidth(ModelConfig config) {
        return (config.heads() + 2 * config.kvHeads()) * config.headDim();
    }

    /** Retaining heads read queries, keys and values at once: they count too. */
    private static int widestInput(ModelConfig config) {
        return Math.max(config.hiddenSize(), Math.max(config.feedForwardSize(), qkvWidth(config)));
    }

    /** Bytes of activations and scratch that the constructor allocates, weights and rotary table excluded. */
    public static long scratchBytes(Backend backend, ModelConfig config, int maxRows, int maxSegments, int maxEntries) {
        long row = 2L * config.hiddenSize()
                + qkvWidth(config)
                + (long) config.heads() * config.headDim()
                + config.heads()
                + config.kvHeads()
                + 3L * config.feedForwardSize();
        long floats = maxRows * row
                + (long) Backend.STEP_ROWS * config.hiddenSize()
                + (long) maxSegments * (config.hiddenSize() + config.vocabularySize());
        return 4 * floats
                + backend.linearBytes(maxRows, widestInput(config))
                + backend.samplingBytes(config.vocabularySize())
                + backend.attentionBytes(attentionSpec(config, PositionMode.CACHE), maxRows, maxEntries)
                + backend.stepRecorder()
                        .map(steps -> steps.bytes(
                                attentionSpec(config, PositionMode.CACHE), config.layers(), maxSegments, maxEntries))
                        .orElse(0L);
    }

    /** Bytes of a model's weights on the device. */
    public static long weightBytes(Backend backend, WeightSource source) {
        long bytes = 0;
        for (String name : source.names()) {
            HostTensor tensor = source.find(name).orElseThrow();
            boolean unused = source.config().tiedEmbeddings() && name.equals("lm_head.weight");
            if (!unused) {
                boolean vector = tensor.shape().rank() == 1;
                bytes = Math.addExact(bytes, vector ? 4 * tensor.columns() : backend.weightBytes(tensor));
            }
        }
        return bytes;
    }

    /** Bytes of the rotary tables. */
    public static long rotaryBytes(ModelConfig config, int positions, RotaryEmbedding.Factors factors) {
        return RotaryTables.bytes(config, positions, factors);
    }

    public ModelConfig config() {
        return config;
    }

    public Backend backend() {
        return backend;
    }

    /**
     * Whether a text of so many tokens is read with the factors for texts beyond the original window; true of every
     * text unless they are chosen by length. What was read with one choice does not continue under the other.
     */
    public boolean readsAsLong(int textTokens) {
        return rotary.of(textTokens) == rotary.beyond();
    }

    /**
     * Runs the tokens of all segments; their caches grow by as many entries in every layer and head.
     *
     * <p>A checkpoint may run another forward, of other caches and at most {@link Backend#STEP_ROWS} tokens: between two
     * layers only a forward's hidden rows are alive, and the inner one has rows of its own. Neither changes the other's
     * results.
     *
     * @param checkpoint called before every layer; may throw to abandon the forward, which leaves the caches of all
     *     segments unusable until they are cleared
     * @return logits {@code [segments that want them, vocabulary]}, in order, until the next forward
     */
    public Matrix forward(List<Segment> segments, Runnable checkpoint) {
        if (running) {
            return inner(segments, checkpoint);
        }
        running = true;
        outerFault = -1;
        try {
            return forward(segments, outer, maxRows, checkpoint);
        } catch (RuntimeException e) {
            backend.takeFault();
            throw e;
        } finally {
            running = false;
        }
    }

    /** What all attentions of this model have in common. */
    public AttentionSpec attention() {
        return attention;
    }

    /** The rotary table for a text of so many tokens. */
    public RotaryTable rotary(int textTokens) {
        return rotary.of(textTokens);
    }

    /**
     * Embeds a segment's tokens: with {@link #layer} a forward that goes layer by layer over a whole text, so that only
     * one layer's keys and values exist.
     *
     * @param x {@code [tokens, hiddenSize]}
     */
    public void embed(Segment segment, Matrix x) {
        backend.embed(weights.embedding(), tokenIds(List.of(segment), maxRows), x);
    }

    /**
     * Runs one block alone. The segment's cache grows in that layer, and its count of tokens is left to the caller.
     *
     * @param x {@code [tokens, hiddenSize]}: input, and output if {@code finish}
     * @param finish false if nobody reads the block's output
     */
    public void layer(int layer, Segment segment, Matrix x, boolean finish) {
        segment.cache().requireRoom(segment.tokenIds().length);
        layer(layer, block(layer, x), List.of(segment), x, segment.tokenIds().length, finish);
        requireFinite();
    }

    private Matrix inner(List<Segment> segments, Runnable checkpoint) {
        int fault = backend.takeFault();
        int earlier = outerFault >= 0 ? outerFault : fault;
        outerFault = -1;
        try {
            return forward(segments, inner, Backend.STEP_ROWS, checkpoint);
        } catch (RuntimeException e) {
            // What it left behind must not be taken for the outer forward's.
            backend.takeFault();
            throw e;
        } finally {
            outerFault = earlier;
        }
    }

    private Matrix forward(List<Segment> segments, Residual residual, int limit, Runnable checkpoint) {
        int[] ids = tokenIds(segments, limit);
        Optional<StepRecorder> recorder = backend.stepRecorder();
        if (recorder.isPresent() && isStep(segments)) {
            checkpoint.run();
            recorder.get().run(step(segments, ids, residual.x), () -> operations(segments, ids, residual, () -> {}));
        } else {
            operations(segments, ids, residual, checkpoint);
        }
        for (Segment segment : segments) {
            segment.cache().advance(segment.tokenIds().length);
        }
        requireFinite();
        return logits;
    }

    /** Whether a forward is one token for each session, and nothing but tokens and caches changes until the next one. */
    private boolean isStep(List<Segment> segments) {
        return segments.size() <= Backend.STEP_ROWS
                && segments.stream().allMatch(s -> s.tokenIds().length == 1 && s.logits())
                && segments.stream().map(this::tableOf).distinct().count() == 1;
    }

    /** What a step's operations depend on; hidden rows are those of one decoder, and of inner forwards or not. */
    private record StepKey(Matrix x, RotaryTable table, List<EvictionPolicy> policies, List<Integer> poolings) {}

    private DecodeStep step(List<Segment> segments, int[] ids, Matrix x) {
        StepKey key = new StepKey(
                x,
                tableOf(segments.get(0)),
                segments.stream().map(Segment::policy).toList(),
                segments.stream().map(Segment::scorePooling).toList());
        List<List<KvSegment>> layers = IntStream.range(0, config.layers())
                .mapToObj(layer -> ofLayer(layer, segments))
                .toList();
        return new DecodeStep(key, ids, layers);
    }

    private void operations(List<Segment> segments, int[] ids, Residual residual, Runnable checkpoint) {
        Matrix x = residual.x;
        backend.embed(weights.embedding(), ids, x);
        int[] wanted = lastRows(segments);
        for (int layer = 0; layer < config.layers(); layer++) {
            checkpoint.run();
            boolean finish = wanted.length > 0 || layer < config.layers() - 1 || needs(segments, Signal.SURPRISE);
            layer(layer, residual.blocks.get(layer), segments, x, ids.length, finish);
        }
        scoreBySurprise(segments, x);
        if (wanted.length > 0) {
            backend.gatherRows(x, wanted, last);
            backend.rmsNorm(last, wanted.length, weights.norm(), config.normEpsilon(), last, 2 * config.layers());
            backend.linear(last, wanted.length, unembedding, false);
        }
    }

    /** The tokens of all segments, which must be of the vocabulary and fit. */
    private int[] tokenIds(List<Segment> segments, int limit) {
        for (Segment segment : segments) {
            segment.cache().requireRoom(segment.tokenIds().length);
        }
        int[] ids =
                segments.stream().flatMapToInt(s -> Arrays.stream(s.tokenIds())).toArray();
        Checks.inRange("tokens of a forward", ids.length, 1, limit);
        for (int id : ids) {
            Checks.check(
                    id >= 0 && id < config.vocabularySize(),
                    ErrorId.INVALID_PROMPT,
                    () -> "token id outside the vocabulary: id=" + id + ", vocabulary=" + config.vocabularySize());
        }
        return ids;
    }

    private static int[] lastRows(List<Segment> segments) {
        int[] rows = new int[segments.size()];
        int count = 0;
        int end = 0;
        for (Segment segment : segments) {
            end += segment.tokenIds().length;
            if (segment.logits()) {
                rows[count++] = end - 1;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    /**
     * One block.
     *
     * @param finish false if nobody reads the block's output: then its keys and values are all that is computed
     */
    private void layer(int layer, Block block, List<Segment> segments, Matrix x, int rows, boolean finish) {
        DecoderWeights.Layer w = block.weights();
        backend.rmsNorm(x, rows, w.attentionNorm(), config.normEpsilon(), normed, 2 * layer);
        backend.linear(normed, rows, block.qkv(), false);
        normHeads(w, rows, layer);
        List<KvSegment> kv = ofLayer(layer, segments);
        if (finish || needs(segments, Signal.ATTENTION)) {
            attend(segments, kv);
        } else {
            backend.append(keys, values, kv);
        }
        score(layer, segments, kv);
        if (!finish) {
            return;
        }
        backend.linearThenNorm(
                attended, rows, block.output(), w.feedForwardNorm(), config.normEpsilon(), normed, 2 * layer + 1);
        backend.linear(normed, rows, block.gateUp(), false);
        backend.gatedActivation(gateUp, rows, activated);
        backend.linear(activated, rows, block.down(), true);
    }

    /** Appends the new tokens and attends, once for each rotary table. */
    private void attend(List<Segment> segments, List<KvSegment> kv) {
        Matrix sums = needs(segments, Signal.ATTENTION) ? logSums : null;
        for (RotaryTable table : rotary.all()) {
            List<KvSegment> those = new ArrayList<>(kv.size());
            for (int i = 0; i < kv.size(); i++) {
                if (tableOf(segments.get(i)) == table) {
                    those.add(kv.get(i));
                }
            }
            if (!those.isEmpty()) {
                backend.appendAndAttend(queries, keys, values, attention, table, those, attended, sums);
            }
        }
    }

    private RotaryTable tableOf(Segment segment) {
        return rotary.of(segment.cache().textTokens(segment.tokenIds().length));
    }

    /** Scores of the new tokens, whose attention policies may have asked for. */
    private void score(int layer, List<Segment> segments, List<KvSegment> kv) {
        for (int i = 0; i < kv.size(); i++) {
            Segment segment = segments.get(i);
            EvictionPolicy policy = segment.policy();
            policy.scoreNewTokens(backend, layer, qkv, kv.get(i), segment.scorePooling());
            if (policy.signals().contains(Signal.ATTENTION_INPUT)) {
                policy.scoreByInput(backend, layer, normed, kv.get(i), segment.scorePooling());
            }
            if (policy.signals().contains(Signal.ATTENTION)) {
                policy.scoreByAttention(
                        new ObservedAttention(backend, queries, attention, tableOf(segment), kv.get(i), logSums));
            }
        }
    }

    private static boolean needs(List<Segment> segments, Signal signal) {
        for (Segment segment : segments) {
            if (segment.policy().signals().contains(signal)) {
                return true;
            }
        }
        return false;
    }

    private void scoreBySurprise(List<Segment> segments, Matrix x) {
        int row = 0;
        for (Segment segment : segments) {
            int count = segment.tokenIds().length;
            if (segment.policy().signals().contains(Signal.SURPRISE)) {
                int site = 2 * config.layers();
                backend.rmsNorm(x.from(row), count, weights.norm(), config.normEpsilon(), normed, site);
                backend.surprise(normed, weights.output(), segment.tokenIds(), surprise.from(row));
                for (int layer = 0; layer < config.layers(); layer++) {
                    KvCache cache = segment.cache();
                    KvSegment part = new KvSegment(cache.layer(layer), row, count, cache.tokens());
                    segment.policy().scoreBySurprise(backend, surprise, part, segment.scorePooling());
                }
            }
            row += count;
        }
    }

    /** Qwen3 normalises each head's query and key before rotary embedding. */
    private void normHeads(DecoderWeights.Layer w, int rows, int layer) {
        int dim = config.headDim();
        for (int head = 0; w.queryNorm() != null && head < config.heads(); head++) {
            Matrix q = queries.slice(head * dim, dim);
            backend.rmsNorm(q, rows, w.queryNorm(), config.normEpsilon(), q, 2 * layer);
        }
        for (int head = 0; w.keyNorm() != null && head < config.kvHeads(); head++) {
            Matrix k = keys.slice(head * dim, dim);
            backend.rmsNorm(k, rows, w.keyNorm(), config.normEpsilon(), k, 2 * layer);
        }
    }

    private static List<KvSegment> ofLayer(int layer, List<Segment> segments) {
        List<KvSegment> kv = new ArrayList<>(segments.size());
        int row = 0;
        for (Segment segment : segments) {
            int count = segment.tokenIds().length;
            kv.add(new KvSegment(
                    segment.cache().layer(layer), row, count, segment.cache().tokens()));
            row += count;
        }
        return kv;
    }

    private void requireFinite() {
        int found = backend.takeFault();
        int site = outerFault >= 0 ? outerFault : found;
        if (site >= 0) {
            String where = site == 2 * config.layers()
                    ? "after the last layer"
                    : (site % 2 == 0 ? "before attention of layer " : "before the feed-forward of layer ") + site / 2;
            throw new LocretException(ErrorId.NUMERICS, "forward: NaN or infinity " + where);
        }
    }
}
