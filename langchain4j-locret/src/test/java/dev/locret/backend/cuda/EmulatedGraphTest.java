package dev.locret.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_CAPTURED_EVENT;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_STATE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.EmulatedCuda;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the emulated driver makes of captures, as the programming guide and the driver's reference say it. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class EmulatedGraphTest {
    private static final int WORDS = 1000;

    private EmulatedCuda emulation;
    private CudaContext context;
    private CudaMemory memory;
    private Launch launch;
    private Kernel silu;
    private CudaBuffer buffer;
    private ByteBuffer host;

    @BeforeEach
    void open() {
        emulation = EmulatedCuda.install();
        NativeLoader.load(CudaLibraries.find(LibrarySearch.ofMachine()));
        context = new CudaContext(0);
        memory = new CudaMemory(context);
        launch = new Launch(context);
        silu = new Kernels(context, new KernelCompiler(context.capability(), KernelCache.ofMachine()))
                .get("elementwise", "silu_rows");
        buffer = memory.allocate("x", WORDS);
        host = memory.allocatePinned(4 * WORDS);
    }

    @AfterEach
    void close() {
        context.close();
        assertThat(emulation.graphs()).isZero();
    }

    private void begin(int mode) {
        assertThat(JCudaDriver.cuStreamBeginCapture(context.stream(), mode)).isZero();
    }

    private void begin() {
        begin(CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    }

    private int end(CUgraph graph) {
        return JCudaDriver.cuStreamEndCapture(context.stream(), graph);
    }

    private CUgraphExec instantiate() {
        CUgraph graph = new CUgraph();
        assertThat(end(graph)).isZero();
        CUgraphExec exec = new CUgraphExec();
        assertThat(JCudaDriver.cuGraphInstantiate(exec, graph, 0)).isZero();
        assertThat(JCudaDriver.cuGraphDestroy(graph)).isZero();
        return exec;
    }

    private int copyIn() {
        return JCudaDriver.cuMemcpyHtoDAsync(buffer.pointer(), Pointer.to(host), 4 * WORDS, context.stream());
    }

    private void run(int columns) {
        launch.of(silu).address(buffer.address()).value(WORDS).value(columns).run((columns + 255) / 256, 1, 256, 0);
    }

    private float[] read() {
        assertThat(JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), buffer.pointer(), 4 * WORDS, context.stream()))
                .isZero();
        context.synchronize();
        float[] out = new float[WORDS];
        host.clear().order(ByteOrder.nativeOrder()).asFloatBuffer().get(out);
        return out;
    }

    private void write(float value) {
        for (int i = 0; i < WORDS; i++) {
            host.putFloat(4 * i, value);
        }
    }

    private static float silu(float x) {
        return (float) (x / (1 + Math.exp(-x)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replaysWhatWasQueuedWithItsArgumentsAndWithMemoryAsItIsThen(boolean strict) {
        if (strict) {
            emulation.strict();
        }
        write(3);
        begin();
        assertThat(copyIn()).isZero();
        run(600);
        // The arguments' buffer is written again: the graph has its own copy.
        run(WORDS);
        CUgraphExec exec = instantiate();
        launch.of(silu).address(0).value(0).value(0);
        assertThat(read()).as("nothing has run").containsOnly(0);
        for (float value : new float[] {1, -2}) {
            write(value);
            assertThat(JCudaDriver.cuGraphLaunch(exec, context.stream())).isZero();
            context.synchronize();
            float[] out = read();
            assertThat(out[599]).isCloseTo(silu(silu(value)), org.assertj.core.data.Offset.offset(1e-5f));
            assertThat(out[600]).isCloseTo(silu(value), org.assertj.core.data.Offset.offset(1e-5f));
        }
        assertThat(emulation.graphs()).isEqualTo(1);
        assertThat(JCudaDriver.cuGraphExecDestroy(exec)).isZero();
    }

    /** What waits for the device or allocates spoils the capture; the stream works again after it. */
    @Test
    void whatIsForbiddenSpoilsTheCapture() {
        CUevent event = new CUevent();
        assertThat(JCudaDriver.cuEventCreate(event, 0)).isZero();
        IntSupplier[] forbidden = {
            () -> JCudaDriver.cuStreamSynchronize(context.stream()),
            () -> JCudaDriver.cuEventSynchronize(event),
            () -> JCudaDriver.cuMemAlloc(new DeviceAddress(), 16),
            () -> JCudaDriver.cuMemFree(buffer.pointer()),
            () -> JCudaDriver.cuMemHostAlloc(new Pointer(), 16, 0),
            () -> JCudaDriver.cuMemcpyDtoH(Pointer.to(host), buffer.pointer(), 4),
            () -> JCudaDriver.cuCtxSynchronize(),
        };
        for (int i = 0; i < forbidden.length; i++) {
            begin();
            assertThat(forbidden[i].getAsInt()).as("call %s", i).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
            assertThat(copyIn()).as("call %s", i).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
            assertThat(end(new CUgraph())).as("call %s", i).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
            assertThat(copyIn()).as("call %s", i).isZero();
        }
        begin();
        assertThat(JCudaDriver.cuStreamWaitEvent(context.stream(), event, 0))
                .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
        assertThat(end(new CUgraph())).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        assertThat(end(new CUgraph())).isEqualTo(CUDA_ERROR_ILLEGAL_STATE);
    }

    @Test
    void refusesMemoryThatIsNotPinnedAndEventsThatWereCaptured() {
        CUevent event = new CUevent();
        assertThat(JCudaDriver.cuEventCreate(event, 0)).isZero();
        begin();
        ByteBuffer pageable = ByteBuffer.allocateDirect(16);
        assertThat(JCudaDriver.cuMemcpyHtoDAsync(buffer.pointer(), Pointer.to(pageable), 16, context.stream()))
                .isEqualTo(CUDA_ERROR_INVALID_VALUE);
        assertThat(JCudaDriver.cuEventRecord(event, context.stream())).isZero();
        assertThat(JCudaDriver.cuStreamBeginCapture(context.stream(), 0)).isEqualTo(CUDA_ERROR_ILLEGAL_STATE);
        CUgraphExec exec = instantiate();
        assertThat(JCudaDriver.cuEventSynchronize(event)).isEqualTo(CUDA_ERROR_CAPTURED_EVENT);
        assertThat(JCudaDriver.cuGraphExecDestroy(exec)).isZero();
    }

    /** A thread-local capture is no matter of other threads, unless they touch its stream; a global one is. */
    @Test
    void aCaptureIsThatOfAThread() throws InterruptedException {
        for (int mode : new int[] {
            CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL
        }) {
            boolean global = mode == CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL;
            int[] codes = new int[2];
            begin(mode);
            Thread other = new Thread(() -> {
                codes[0] = end(new CUgraph());
                try (CudaContext second = new CudaContext(0)) {
                    second.enter();
                    codes[1] = JCudaDriver.cuMemAlloc(new DeviceAddress(), 16);
                    codes[0] = end(new CUgraph());
                }
            });
            other.start();
            other.join();
            assertThat(codes[0]).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
            assertThat(codes[1]).isEqualTo(global ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS);
            CUgraph graph = new CUgraph();
            assertThat(end(graph)).isEqualTo(global ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS);
            if (!global) {
                assertThat(JCudaDriver.cuGraphDestroy(graph)).isZero();
            }
        }
    }

    @Test
    void aGraphTakesMemoryAndFindsOutThatItsBuffersAreGone() {
        begin();
        for (int i = 0; i < 20; i++) {
            assertThat(copyIn()).isZero();
        }
        CUgraph graph = new CUgraph();
        assertThat(end(graph)).isZero();
        long free = memory.available();
        emulation.occupiedBytes(free - 1000);
        CUgraphExec exec = new CUgraphExec();
        assertThat(JCudaDriver.cuGraphInstantiate(exec, graph, 0)).isEqualTo(CUDA_ERROR_OUT_OF_MEMORY);
        emulation.occupiedBytes(0);
        assertThat(JCudaDriver.cuGraphInstantiate(exec, graph, 0)).isZero();
        assertThat(memory.available()).isEqualTo(free - 20 * 1024);
        assertThat(JCudaDriver.cuMemFree(buffer.pointer())).isZero();
        assertThat(JCudaDriver.cuGraphLaunch(exec, context.stream())).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
        assertThat(JCudaDriver.cuGraphExecDestroy(exec)).isZero();
        assertThat(JCudaDriver.cuGraphDestroy(graph)).isZero();
    }
}
