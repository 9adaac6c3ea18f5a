package dev.locret.backend.cuda;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.DecodeStep;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Where recorded kernels find what they read beside their arguments. The <em>state</em> is written before each step, to
 * the same place: token ids, then for each layer its segments and their heads. <em>Constants</em> are the same in every
 * step: which block looks at which part of a cache that may become full. Equal ones are kept once.
 */
final class StepRecording {
    private static final int TOKEN_BYTES = 4 * Backend.STEP_ROWS;
    private static final int ALIGNMENT = 16;

    private final Parameters parameters;
    private final CudaBuffer state;
    private final CudaBuffer constants;
    /** Places of constants by what they hold. */
    private final Map<ByteBuffer, Integer> places = new HashMap<>();

    private int end;

    private DecodeStep step;
    private Map<KvSlice, Integer> layerOf;

    StepRecording(
            Parameters parameters, CudaMemory memory, AttentionSpec spec, int layers, int maxSegments, int maxEntries) {
        this.parameters = parameters;
        this.state = memory.allocate("state of decode steps", stateBytes(spec, layers) / 4);
        this.constants = memory.allocate("constants of decode steps", constantBytes(spec, maxSegments, maxEntries) / 4);
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int layers, int maxSegments, int maxEntries) {
        return CudaMemory.occupied(stateBytes(spec, layers))
                + CudaMemory.occupied(constantBytes(spec, maxSegments, maxEntries));
    }

    private static long stateBytes(AttentionSpec spec, int layers) {
        return TOKEN_BYTES + (long) layers * Backend.STEP_ROWS * (Parameters.SEGMENT_BYTES + 8L * spec.kvHeads());
    }

    /** Of every number of segments its own, and a kilobyte for lists of rows. */
    private static long constantBytes(AttentionSpec spec, int maxSegments, int maxEntries) {
        int most = Math.min(maxSegments, Backend.STEP_ROWS);
        return most * (most + 1L) / 2 * (CudaAttention.stepBytes(spec, maxEntries) + 2 * ALIGNMENT) + 1024;
    }

    /** Begins to give out addresses for a step's operations. */
    void begin(DecodeStep next) {
        step = next;
        layerOf = new IdentityHashMap<>();
        for (int layer = 0; layer < next.layers().size(); layer++) {
            for (KvSegment segment : next.layers().get(layer)) {
                layerOf.put(segment.cache(), layer);
            }
        }
    }

    long tokenIds() {
        return state.address();
    }

    private long layer(int layer) {
        KvSegment any = step.layers().get(0).get(0);
        return state.address()
                + TOKEN_BYTES
                + (long) layer
                        * Backend.STEP_ROWS
                        * (Parameters.SEGMENT_BYTES + 8L * any.cache().kvHeads());
    }

    /** Address of one segment of a layer, or of all. */
    long segments(List<KvSegment> segments) {
        return layer(layerOf(segments)) + (long) Parameters.SEGMENT_BYTES * indexOf(segments);
    }

    /** Address of the heads of one segment of a layer, or of all. */
    long heads(List<KvSegment> segments) {
        return headsOf(
                layerOf(segments), indexOf(segments), segments.get(0).cache().kvHeads());
    }

    /** Address of the heads of one cache. */
    long heads(KvSlice cache) {
        int layer = layerOf.get(cache);
        return headsOf(layer, indexOf(layer, cache), cache.kvHeads());
    }

    private long headsOf(int layer, int index, int kvHeads) {
        return layer(layer) + (long) Backend.STEP_ROWS * Parameters.SEGMENT_BYTES + 8L * index * kvHeads;
    }

    private int layerOf(List<KvSegment> segments) {
        return layerOf.get(segments.get(0).cache());
    }

    private int indexOf(List<KvSegment> segments) {
        return indexOf(layerOf(segments), segments.get(0).cache());
    }

    private int indexOf(int layer, KvSlice cache) {
        List<KvSegment> all = step.layers().get(layer);
        int index = 0;
        while (all.get(index).cache() != cache) {
            index++;
        }
        return index;
    }

    /** Address of what {@code writer} puts into a buffer of {@code bytes}; it is there when {@link #upload} is done. */
    long constant(int bytes, Consumer<ByteBuffer> writer) {
        ByteBuffer content = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        writer.accept(content);
        content.clear();
        Integer place = places.get(content);
        if (place == null) {
            if (end + bytes > constants.bytes()) {
                throw new IllegalStateException(
                        "constants of decode steps: needed=" + (end + bytes) + " bytes, planned=" + constants.bytes());
            }
            place = end;
            places.put(content, place);
            end = (end + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return constants.address() + place;
    }

    /** Copies all constants to the device. */
    void uploadConstants() {
        places.forEach((content, place) ->
                parameters.copy(constants, place, content.capacity(), out -> out.put(content.duplicate())));
    }

    /** Copies the state of a step to the device, whose tokens its caches count already. */
    void upload(DecodeStep next) {
        int kvHeads = next.layers().get(0).get(0).cache().kvHeads();
        int layerBytes = Backend.STEP_ROWS * (Parameters.SEGMENT_BYTES + 8 * kvHeads);
        parameters.copy(state, 0, TOKEN_BYTES + next.layers().size() * layerBytes, out -> {
            for (int token : next.tokenIds()) {
                out.putInt(token);
            }
            for (int layer = 0; layer < next.layers().size(); layer++) {
                List<KvSegment> segments = next.layers().get(layer);
                int begin = TOKEN_BYTES + layer * layerBytes;
                out.position(begin);
                segments.forEach(segment -> Parameters.putSegment(out, segment));
                out.position(begin + Backend.STEP_ROWS * Parameters.SEGMENT_BYTES);
                segments.forEach(segment -> Parameters.putHeads(out, segment.cache()));
            }
        });
    }
}
