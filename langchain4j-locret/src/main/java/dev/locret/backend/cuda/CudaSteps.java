package dev.locret.backend.cuda;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.DecodeStep;
import dev.locret.backend.KvSlice;
import dev.locret.backend.StepRecorder;
import dev.locret.common.Checks;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decode steps as CUDA graphs, one for each key: what a step launches is captured from the stream the second time that
 * key comes (the first time the driver may load kernels, which a capture forbids) and from then on started by one call,
 * after one copy with all that changes. Grids are those of a full cache; blocks that find nothing to do end at once.
 * Eviction, the look for faults and the choice of tokens are not part of it: they run between two steps.
 *
 * <p>If the driver does not capture, steps go on without, and the log says so once.
 */
final class CudaSteps implements StepRecorder, AutoCloseable {
    /** {@code on} or {@code off}. */
    static final String PROPERTY = "locret.cuda.graphs";

    /** Graphs that are kept; further keys run without. */
    static final int MOST = 16;

    private static final Logger LOG = LoggerFactory.getLogger(CudaSteps.class);
    /** What a kernel of a graph may take on the device, a guess: drivers do not say. */
    private static final int NODE_BYTES = 1024;
    /** Most kernels of a layer beside norms of single heads and those for each segment, and of such. */
    private static final int LAYER_NODES = 40;

    private static final int SEGMENT_NODES = 8;

    private final CudaContext context;
    private final Parameters parameters;
    private final CudaMemory memory;
    private final Map<Object, CUgraphExec> graphs = new HashMap<>();
    private final Set<Object> seen = new HashSet<>();
    private boolean enabled;
    private StepRecording recording;

    CudaSteps(CudaContext context, Parameters parameters, CudaMemory memory) {
        this.context = context;
        this.parameters = parameters;
        this.memory = memory;
        String setting = System.getProperty(PROPERTY, "on");
        Checks.argument(
                Set.of("on", "off").contains(setting),
                () -> "unknown setting: " + PROPERTY + "=" + setting + ", allowed=on, off");
        this.enabled = setting.equals("on");
    }

    boolean enabled() {
        return enabled;
    }

    @Override
    public void reserve(AttentionSpec spec, int layers, int maxSegments, int maxEntries) {
        close();
        recording = new StepRecording(parameters, memory, spec, layers, maxSegments, maxEntries);
    }

    @Override
    public long bytes(AttentionSpec spec, int layers, int maxSegments, int maxEntries) {
        // Batches of every size, and once more for steps inside of another forward.
        int most = Math.min(MOST, 2 * maxSegments);
        int segments = Math.min(maxSegments, Backend.STEP_ROWS);
        long nodes = (long) layers * (LAYER_NODES + spec.heads() + spec.kvHeads() + SEGMENT_NODES * segments);
        return StepRecording.bytes(spec, layers, maxSegments, maxEntries) + most * nodes * NODE_BYTES;
    }

    @Override
    public void run(DecodeStep step, Runnable operations) {
        CUgraphExec graph = graphs.get(step.key());
        if (graph != null) {
            step.layers().forEach(CudaCache::grow);
        } else if (enabled && seen.contains(step.key()) && graphs.size() < MOST) {
            graph = record(step, operations);
        }
        if (graph == null) {
            if (seen.size() < MOST) {
                seen.add(step.key());
            }
            operations.run();
            return;
        }
        recording.upload(step);
        context.check(JCudaDriver.cuGraphLaunch(graph, context.stream()), "cuGraphLaunch");
    }

    /** The step as a graph, with its tokens counted; null if that cannot be. */
    private CUgraphExec record(DecodeStep step, Runnable operations) {
        int[][][] lengths = step.layers().stream()
                .map(layer -> layer.stream().map(s -> lengths(s.cache())).toArray(int[][]::new))
                .toArray(int[][][]::new);
        CUgraphExec graph = null;
        try {
            graph = capture(step, operations);
            recording.uploadConstants();
            graphs.put(step.key(), graph);
            return graph;
        } catch (RuntimeException e) {
            if (graph != null) {
                JCudaDriver.cuGraphExecDestroy(graph);
            }
            if (context.failure().isPresent()) {
                throw e;
            }
            enabled = false;
            LOG.warn("Decode steps run without CUDA graphs, which takes longer: {}", e.getMessage());
            for (int layer = 0; layer < lengths.length; layer++) {
                for (int i = 0; i < lengths[layer].length; i++) {
                    KvSlice cache = step.layers().get(layer).get(i).cache();
                    for (int head = 0; head < cache.kvHeads(); head++) {
                        cache.setLength(head, lengths[layer][i][head]);
                    }
                }
            }
            return null;
        }
    }

    private static int[] lengths(KvSlice cache) {
        int[] out = new int[cache.kvHeads()];
        for (int head = 0; head < out.length; head++) {
            out[head] = cache.length(head);
        }
        return out;
    }

    private CUgraphExec capture(DecodeStep step, Runnable operations) {
        context.enter();
        CUgraph graph = new CUgraph();
        // Other engines' threads may allocate meanwhile.
        context.check(
                JCudaDriver.cuStreamBeginCapture(
                        context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture");
        recording.begin(step);
        parameters.record(recording);
        try {
            operations.run();
        } catch (RuntimeException e) {
            if (JCudaDriver.cuStreamEndCapture(context.stream(), graph) == CUresult.CUDA_SUCCESS) {
                JCudaDriver.cuGraphDestroy(graph);
            }
            throw e;
        } finally {
            parameters.record(null);
        }
        int ended = JCudaDriver.cuStreamEndCapture(context.stream(), graph);
        if (ended != CUresult.CUDA_SUCCESS) {
            // Whatever went wrong, the stream must not go on capturing.
            if (JCudaDriver.cuStreamEndCapture(context.stream(), graph) == CUresult.CUDA_SUCCESS) {
                JCudaDriver.cuGraphDestroy(graph);
            }
            context.check(ended, "cuStreamEndCapture");
        }
        CUgraphExec out = new CUgraphExec();
        int code = JCudaDriver.cuGraphInstantiate(out, graph, 0);
        JCudaDriver.cuGraphDestroy(graph);
        context.check(code, "cuGraphInstantiate");
        return out;
    }

    /** Destroys all graphs. Codes do not matter: after a failure they repeat it. */
    @Override
    public void close() {
        graphs.values().forEach(JCudaDriver::cuGraphExecDestroy);
        graphs.clear();
        seen.clear();
    }
}
