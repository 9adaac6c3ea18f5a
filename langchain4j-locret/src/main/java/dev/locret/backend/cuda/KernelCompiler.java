package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** Compiles kernels by NVRTC to machine code of the exact chip: code for a virtual one would depend on the driver's age. */
final class KernelCompiler {
    private final String chip;
    private final String versions;
    private final KernelCache cache;

    /**
     * @param capability of the device, times ten
     * @throws LocretException ({@code device-unavailable}) if the compiler is too old for the chip
     */
    KernelCompiler(int capability, KernelCache cache) {
        this.chip = "sm_" + capability;
        this.cache = cache;
        int[] major = new int[1];
        int[] minor = new int[1];
        check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        int[] driver = new int[1];
        Cuda.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion");
        this.versions = "nvrtc " + major[0] + "." + minor[0] + ", driver " + driver[0];
        int[] count = new int[1];
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] chips = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(chips), "nvrtcGetSupportedArchs");
        if (Arrays.stream(chips).noneMatch(c -> c == capability)) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: libnvrtc " + major[0] + "." + minor[0] + " does not know this chip: chip=" + chip
                            + ", known=sm_" + chips[0] + "..sm_" + chips[chips.length - 1]
                            + " (pip install --upgrade nvidia-cuda-nvrtc-cu12)");
        }
    }

    /** Machine code of a file, from the cache if it is there. */
    byte[] compile(String file, DType type) {
        KernelSource source = new KernelSource(file, type);
        String text = source.text();
        SortedMap<String, String> headers = source.headers();
        List<String> options = source.options(chip);
        String key = KernelCache.key(text, List.copyOf(headers.values()), options, versions);
        return cache.get(key, () -> compile(source, text, headers, options));
    }

    private static byte[] compile(
            KernelSource source, String text, SortedMap<String, String> headers, List<String> options) {
        nvrtcProgram program = new nvrtcProgram();
        String name = source.file() + ".cu";
        check(
                JNvrtc.nvrtcCreateProgram(
                        program,
                        text,
                        name,
                        headers.size(),
                        headers.values().toArray(new String[0]),
                        headers.keySet().toArray(new String[0])),
                "nvrtcCreateProgram");
        try {
            int result = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(new String[0]));
            if (result != nvrtcResult.NVRTC_SUCCESS) {
                String[] log = {""};
                JNvrtc.nvrtcGetProgramLog(program, log);
                throw new LocretException(
                        ErrorId.DEVICE_FAILED,
                        "cuda: " + name + " does not compile: options=" + options + ", " + nvrtcResult.stringFor(result)
                                + ": " + log[0]);
            }
            long[] size = new long[1];
            check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
            byte[] image = new byte[Math.toIntExact(size[0])];
            check(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
            return image;
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }

    private static void check(int result, String call) {
        if (result != nvrtcResult.NVRTC_SUCCESS) {
            throw new LocretException(
                    ErrorId.DEVICE_FAILED, "cuda: " + call + " failed: " + nvrtcResult.stringFor(result));
        }
    }
}
