package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles kernels by NVRTC to machine code of the exact chip, since PTX for a virtual one depends on the driver's age;
 * that is the way out for chips that are newer than the compiler, and for drivers that do not take its machine code.
 */
final class KernelCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);
    private static final String GET = "pip install --upgrade nvidia-cuda-nvrtc-cu12";

    /** The newest virtual chip whose PTX runs on the device, and the device itself, unless the compiler is too old for it. */
    private final String virtualChip;

    private final Optional<String> chip;
    private final String versions;
    private final KernelCache cache;
    private final String version;

    /**
     * @param capability of the device, times ten
     * @throws LocretException ({@code device-unavailable}) if the compiler is too old for the chip
     */
    KernelCompiler(int capability, KernelCache cache) {
        this.cache = cache;
        int[] major = new int[1];
        int[] minor = new int[1];
        check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        this.version = major[0] + "." + minor[0];
        this.versions = "nvrtc " + version + ", driver " + Cuda.driverVersion();
        int[] count = new int[1];
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] chips = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(chips), "nvrtcGetSupportedArchs");
        int nearest = Arrays.stream(chips).filter(c -> c <= capability).max().orElse(0);
        if (nearest == 0) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: libnvrtc " + version + " does not know this chip: chip=sm_" + capability + ", known=sm_"
                            + chips[0] + "..sm_" + chips[chips.length - 1] + " (" + GET + ")");
        }
        this.virtualChip = "compute_" + nearest;
        this.chip = nearest == capability ? Optional.of("sm_" + capability) : Optional.empty();
        if (chip.isEmpty()) {
            LOG.warn(
                    "NVRTC {} does not know sm_{}: kernels are made for {} and may be slow ({})",
                    version,
                    capability,
                    virtualChip,
                    GET);
        }
    }

    /** Whether there is machine code for the device. */
    boolean knowsChip() {
        return chip.isPresent();
    }

    /** PTX of a file, with the zero at its end that the driver wants, from the cache if it is there. */
    byte[] compileVirtual(String file, DType type) {
        return compile(file, type, virtualChip);
    }

    /** Version of NVRTC. */
    String version() {
        return version;
    }

    /** Machine code of a file, from the cache if it is there. */
    byte[] compile(String file, DType type) {
        return compile(file, type, chip.orElseThrow());
    }

    private byte[] compile(String file, DType type, String architecture) {
        KernelSource source = new KernelSource(file, type);
        String text = source.text();
        SortedMap<String, String> headers = source.headers();
        List<String> options = source.options(architecture);
        String key = KernelCache.key(text, List.copyOf(headers.values()), options, versions);
        boolean real = !architecture.equals(virtualChip);
        return cache.get(key, () -> compile(source, text, headers, options, real));
    }

    private static byte[] compile(
            KernelSource source, String text, SortedMap<String, String> headers, List<String> options, boolean real) {
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
            if (!real) {
                String[] ptx = new String[1];
                check(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX");
                return (ptx[0].replace("\0", "") + "\0").getBytes(StandardCharsets.US_ASCII);
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
