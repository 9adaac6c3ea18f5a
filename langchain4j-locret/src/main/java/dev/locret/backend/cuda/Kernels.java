package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** The kernels of one context, compiled file by file as they are asked for. */
final class Kernels {
    private final CudaContext context;
    private final KernelCompiler compiler;
    private final Map<String, CUmodule> modules = new HashMap<>();

    Kernels(CudaContext context, KernelCompiler compiler) {
        this.context = context;
        this.compiler = compiler;
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
        byte[] image = compiler.compile(file, type);
        context.enter();
        CUmodule module = new CUmodule();
        context.check(JCudaDriver.cuModuleLoadData(module, image), "cuModuleLoadData of " + file + ".cu");
        return module;
    }
}
