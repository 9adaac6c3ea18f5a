package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/**
 * Compiles every kernel by the real NVRTC for some chips, and prints of each kernel what the assembler said. In a JVM of
 * its own, since another may hold the emulated library of that name.
 *
 * <p>Arguments: the library, a directory that keeps what was compiled before, one for machine code, and chips.
 */
final class CompilationMain {
    private static final Pattern KERNEL = Pattern.compile(
            "Compiling entry function '(\\w+)'.*?(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill"
                    + " loads.*?Used (\\d+) registers([^\\n]*)",
            Pattern.DOTALL);
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    private CompilationMain() {}

    public static void main(String[] args) throws IOException {
        System.load(args[0]);
        Path kept = Files.createDirectories(Path.of(args[1]));
        Path out = Files.createDirectories(Path.of(args[2]));
        for (int i = 3; i < args.length; i++) {
            String chip = args[i];
            for (KernelSource source : KernelSource.all().toList()) {
                report(kept, out, chip, source);
            }
        }
        System.out.flush();
        // The library's threads need not end.
        Runtime.getRuntime().halt(0);
    }

    private static void report(Path kept, Path out, String chip, KernelSource source) throws IOException {
        List<String> options = new ArrayList<>(source.options(chip));
        options.add("--ptxas-options=-v");
        String key = KernelCache.key(source.text(), List.copyOf(source.headers().values()), options, "nvrtc 12.9.86");
        Path file = kept.resolve(key + ".log");
        if (!Files.exists(file)) {
            Compiled compiled = compile(source, options);
            write(kept, kept.resolve(key + ".cubin"), compiled.image());
            write(kept, file, compiled.log().getBytes(StandardCharsets.UTF_8));
        }
        Files.copy(
                kept.resolve(key + ".cubin"),
                out.resolve(chip + " " + source.file() + (source.type() == null ? "" : " " + source.type())),
                StandardCopyOption.REPLACE_EXISTING);
        String log = Files.readString(file);
        if (log.contains("warning")) {
            System.out.println(chip + " " + source.file() + " WARNING " + log.replaceAll("\\s+", " "));
        }
        Matcher m = KERNEL.matcher(log);
        while (m.find()) {
            Matcher shared = SHARED.matcher(m.group(6));
            System.out.printf(
                    "%-6s %-26s %4s registers %4s shared %4s spilled%n",
                    chip,
                    m.group(1),
                    m.group(5),
                    shared.find() ? shared.group(1) : "0",
                    // Local memory lies off the chip, whatever is kept there.
                    Math.max(
                            Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)) + Integer.parseInt(m.group(4))));
        }
    }

    private static void write(Path directory, Path file, byte[] bytes) throws IOException {
        Path part = Files.createTempFile(directory, "compiled", ".part");
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private record Compiled(String log, byte[] image) {}

    private static Compiled compile(KernelSource source, List<String> options) {
        nvrtcProgram program = new nvrtcProgram();
        SortedMap<String, String> headers = source.headers();
        JNvrtc.nvrtcCreateProgram(
                program,
                source.text(),
                source.file() + ".cu",
                headers.size(),
                headers.values().toArray(new String[0]),
                headers.keySet().toArray(new String[0]));
        int result = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(new String[0]));
        String[] log = {""};
        JNvrtc.nvrtcGetProgramLog(program, log);
        DType type = source.type();
        if (result != nvrtcResult.NVRTC_SUCCESS) {
            throw new IllegalStateException(
                    source.file() + (type == null ? "" : " of " + type) + " " + options + ": " + log[0]);
        }
        long[] size = new long[1];
        JNvrtc.nvrtcGetCUBINSize(program, size);
        byte[] image = new byte[(int) size[0]];
        JNvrtc.nvrtcGetCUBIN(program, image);
        JNvrtc.nvrtcDestroyProgram(program);
        return new Compiled(log[0], image);
    }
}
