package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernels of one context, compiled file by file as they are asked for. */
final class Kernels {
    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    /** What a driver says to code that is newer than itself. */
    private static final Set<Integer> NOT_FOR_THIS_DRIVER = Set.of(
            CUresult.CUDA_ERROR_INVALID_IMAGE,
            CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
            CUresult.CUDA_ERROR_INVALID_PTX,
            CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION);

    private final CudaContext context;
    private final KernelCompiler compiler;
    private final Map<String, CUmodule> modules = new HashMap<>();
    /** Whether the driver compiles PTX, since it has no machine code that it takes. */
    private boolean virtual;

    Kernels(CudaContext context, KernelCompiler compiler) {
        this.context = context;
        this.compiler = compiler;
        this.virtual = !compiler.knowsChip();
    }

    /** Version of NVRTC. */
    String compilerVersion() {
        return compiler.version();
    }

    /**
     * @param file name of a {@code .cu} file without its ending
     * @param name the kernel in it
     */
    Kernel get(String file, String name) {
        return get(file, null, name);
    }

    /** As above for a file that is compiled for one type of weights. */
    Kernel get(String file, DType type, String name) {
        CUmodule module = modules.computeIfAbsent(file + (type == null ? "" : " " + type), key -> load(file, type));
        context.enter();
        CUfunction function = new CUfunction();
        context.check(JCudaDriver.cuModuleGetFunction(function, module, name), "cuModuleGetFunction of " + name);
        return new Kernel(name, function);
    }

    private CUmodule load(String file, DType type) {
        CUmodule module = new CUmodule();
        int code = CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU;
        if (!virtual) {
            byte[] image = compiler.compile(file, type);
            context.enter();
            code = JCudaDriver.cuModuleLoadData(module, image);
        }
        if (NOT_FOR_THIS_DRIVER.contains(code)) {
            if (!virtual) {
                LOG.warn(
                        "The driver does not take machine code of NVRTC {} ({}): it compiles kernels itself, which takes "
                                + "longer. Its CUDA version: {}",
                        compiler.version(),
                        CUresult.stringFor(code),
                        Cuda.driverVersion());
                virtual = true;
            }
            byte[] ptx = compiler.compileVirtual(file, type);
            context.enter();
            code = JCudaDriver.cuModuleLoadData(module, ptx);
        }
        if (NOT_FOR_THIS_DRIVER.contains(code)) {
            String driver = Cuda.driverVersion();
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: the driver is too old for this compiler: driver=" + driver + ", nvrtc="
                            + compiler.version() + ", " + CUresult.stringFor(code)
                            + " (install a newer driver, or pip install 'nvidia-cuda-nvrtc-cu12==" + driver + ".*')");
        }
        context.check(code, "cuModuleLoadData of " + file + ".cu");
        return module;
    }
}
