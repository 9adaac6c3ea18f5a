package dev.locret.backend.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A context of its own on one device, with one stream. Whatever is allocated in it is freed with it, and a kernel that
 * fails takes nothing outside with it.
 */
final class CudaContext implements AutoCloseable {
    /** Least compute capability, times ten: tensor cores for half precision. */
    private static final int LEAST_CAPABILITY = 75;
    /** Errors that leave a context unusable. */
    private static final Set<Integer> STICKY = Set.of(
            CUresult.CUDA_ERROR_DEINITIALIZED,
            CUresult.CUDA_ERROR_INVALID_CONTEXT,
            CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
            CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
            CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult.CUDA_ERROR_ASSERT,
            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult.CUDA_ERROR_INVALID_PC,
            CUresult.CUDA_ERROR_LAUNCH_FAILED);

    /** What is current on a thread. */
    private static final ThreadLocal<CudaContext> CURRENT = new ThreadLocal<>();

    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final CUdevice device = new CUdevice();
    private final int ordinal;
    private final String name;
    private final int capability;
    private boolean closed;
    private volatile LocretException death;

    /**
     * @param ordinal number of the device, from 0
     * @throws LocretException ({@code device-unavailable}) if there is no such device or it is too old
     */
    CudaContext(int ordinal) {
        this.ordinal = ordinal;
        int started = JCudaDriver.cuInit(0);
        if (started == CUresult.CUDA_ERROR_NO_DEVICE) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE, Cuda.failure(started, "cuInit").getMessage() + hidden());
        }
        Cuda.check(started, "cuInit");
        int[] count = new int[1];
        Cuda.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        if (ordinal >= count[0]) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: no such device: device=cuda:" + ordinal + ", devices=" + count[0] + hidden());
        }
        Cuda.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        byte[] text = new byte[256];
        Cuda.check(JCudaDriver.cuDeviceGetName(text, text.length, device), "cuDeviceGetName");
        this.name = new String(text, StandardCharsets.UTF_8).replaceAll("\0.*", "");
        this.capability = 10 * attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        if (capability < LEAST_CAPABILITY) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: device too old: " + name + " is sm_" + capability + ", needed is sm_" + LEAST_CAPABILITY
                            + " (Turing) or newer");
        }
        Cuda.check(JCudaDriver.cuCtxCreate(context, 0, device), "cuCtxCreate");
        CURRENT.set(this);
        int code = JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
        if (code != CUresult.CUDA_SUCCESS) {
            close();
            throw Cuda.failure(code, "cuStreamCreate");
        }
    }

    /** What the environment has to do with devices that are not there. */
    private static String hidden() {
        String visible = System.getenv("CUDA_VISIBLE_DEVICES");
        return visible == null ? "" : ": CUDA_VISIBLE_DEVICES='" + visible + "' hides devices";
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        Cuda.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    int ordinal() {
        return ordinal;
    }

    String name() {
        return name;
    }

    /** Compute capability times ten. */
    int capability() {
        return capability;
    }

    /** The card, with what others know of it. */
    CudaCard card(long totalBytes, long freeBytes, String compiler) {
        // Kilohertz and bits; two transfers a cycle.
        double bus = 2e3
                * attribute(device, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE)
                * attribute(device, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH)
                / 8
                / 1e9;
        int processors = attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        return new CudaCard(
                name, "sm_" + capability, processors, totalBytes, freeBytes, bus, Cuda.driverVersion(), compiler);
    }

    CUstream stream() {
        return stream;
    }

    /** Makes this context that of the calling thread; before every call that needs one. */
    void enter() {
        if (death != null) {
            throw new LocretException(
                    ErrorId.DEVICE_FAILED, "cuda: the device failed before: " + death.getMessage(), death);
        }
        if (closed) {
            throw new LocretException(ErrorId.CLOSED, "cuda: the device was closed: device=cuda:" + ordinal);
        }
        if (CURRENT.get() != this) {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            CURRENT.set(this);
        }
    }

    /** As {@link Cuda#check}, and remembers that the context is lost if the error says so. */
    void check(int code, String call) {
        if (code != CUresult.CUDA_SUCCESS) {
            LocretException failure = Cuda.failure(code, call);
            if (STICKY.contains(code)) {
                death = failure;
            }
            throw failure;
        }
    }

    /** The error that left this context unusable, if there was one. */
    Optional<LocretException> failure() {
        return Optional.ofNullable(death);
    }

    /** Waits for all work; errors of kernels show here. */
    void synchronize() {
        enter();
        check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    /** Frees everything that was allocated in this context. Codes do not matter: after a failure they repeat it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CURRENT.remove();
            JCudaDriver.cuCtxDestroy(context);
        }
    }
}
