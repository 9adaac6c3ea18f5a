package dev.locret.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds the emulated CUDA libraries and the kernels for the host with g++. Every object file is kept in {@code
 * ~/.cache/locret/cuda-emulation} under the hash of what it is made from, so that after a change only that is compiled.
 */
final class EmulationBuild {
    private static final List<String> DRIVER =
            List.of("device", "memory", "streams", "graphs", "modules", "scheduler", "checks");
    private static final List<String> COMMON =
            List.of("g++", "-std=c++20", "-fPIC", "-march=native", "-Wall", "-Wno-unknown-pragmas");
    /** How a kernel is compiled: its sources stay as they are, device functions that are not called are no mistake. */
    private static final List<String> KERNEL = List.of(
            "-x",
            "c++",
            "-fno-strict-aliasing",
            "-Wno-sign-compare",
            "-Wno-attributes",
            "-Wno-ignored-attributes",
            "-Wno-unused-function",
            "-Wno-maybe-uninitialized");

    private static final List<String> FAST = List.of("-O2", "-ffast-math", "-fno-finite-math-only");
    private static final List<String> CHECKED = List.of(
            "-O1", "-DEMU_CHECK", "-fsanitize=thread,bounds,alignment,shift", "-fsanitize-undefined-trap-on-error");

    private final Path sources;
    private final Path kernels;
    private final Path cache;
    private final Path scratch;

    private EmulationBuild(Path sources, Path kernels, Path cache, Path scratch) {
        this.sources = sources;
        this.kernels = kernels;
        this.cache = cache;
        this.scratch = scratch;
    }

    /** The directory with the libraries. */
    static Path libraries() throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "locret", "cuda-emulation");
        Files.createDirectories(cache);
        // Of two JVMs that need it one builds and the other one waits.
        try (FileChannel file =
                        FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            return libraries(cache, Files.createTempDirectory(cache, "build"));
        }
    }

    private static Path libraries(Path cache, Path scratch) throws IOException {
        Path module = Path.of("").toAbsolutePath();
        try {
            return new EmulationBuild(
                            module.resolve("src/test/cuda-emulation"),
                            module.resolve("src/main/resources/dev/locret/backend/cuda"),
                            cache,
                            scratch)
                    .build();
        } finally {
            try (Stream<Path> files = Files.walk(scratch)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(f -> f.toFile().delete());
            }
        }
    }

    private Path build() throws IOException {
        List<Path> driver = new ArrayList<>();
        for (String each : DRIVER) {
            driver.add(object(List.of("-O2"), sources.resolve(each + ".cpp")));
        }
        Path blas = object(List.of("-O3"), sources.resolve("libcublas.cpp"));
        Path compiler = object(List.of("-O1"), sources.resolve("libnvrtc.cpp"));
        List<Path> fast = new ArrayList<>();
        List<Path> checked = new ArrayList<>();
        for (Path kernel : list(kernels, ".cu")) {
            fast.add(object(concat(FAST, KERNEL), kernel));
            checked.add(object(concat(CHECKED, KERNEL), kernel));
        }
        Path driverStubs = stubs("JCudaDriver", "cu", 801, driver);
        Path blasStubs = stubs("JCublas2", "cublas", 15, List.of(blas));
        Path compilerStubs = stubs("JNvrtc", "nvrtc", 11, List.of(compiler));
        String all = Stream.of(driver, fast, checked, List.of(blas, compiler, driverStubs, blasStubs, compilerStubs))
                .flatMap(List::stream)
                .map(Path::toString)
                .collect(Collectors.joining("\n"));
        Path target = cache.resolve(hash(List.of(all)));
        if (Files.isDirectory(target)) {
            return target;
        }
        Path made = Files.createDirectory(scratch.resolve("made"));
        Path libcuda = made.resolve("libcuda.so.1");
        link(libcuda, null, concat(driver, List.of(driverStubs)));
        link(made.resolve("libcublas.so.12"), "cublas", List.of(blas, blasStubs, libcuda));
        link(made.resolve("libnvrtc.so.12"), "nvrtc", List.of(compiler, compilerStubs));
        link(made.resolve("libkernels.so"), null, concat(fast, List.of(libcuda)));
        link(made.resolve("libkernels-check.so"), null, concat(checked, List.of(libcuda)));
        PipDownload.move(made, target);
        return target;
    }

    /** What the compiler makes of a file. */
    private Path object(List<String> options, Path source) throws IOException {
        List<String> command = new ArrayList<>(concat(COMMON, options));
        boolean kernel = source.toString().endsWith(".cu");
        List<String> texts = new ArrayList<>(List.of(machine(), Files.readString(source)));
        for (Path header : concat(list(sources, ".h"), kernel ? list(kernels, ".cuh") : List.of())) {
            texts.add(Files.readString(header));
        }
        if (kernel) {
            command.addAll(
                    List.of("-include", sources.resolve("device_language.h").toString()));
        }
        command.add("-I" + sources);
        // Where the repository lies makes no difference to what is compiled.
        command.forEach(each -> texts.add(each.replace(sources.toString(), "")));
        Path target = cache.resolve(hash(texts) + ".o");
        if (!Files.exists(target)) {
            Path made = scratch.resolve(source.getFileName() + ".o");
            command.addAll(List.of("-c", "-o", made.toString(), source.toString()));
            run(command);
            PipDownload.move(made, target);
        }
        return target;
    }

    /**
     * Functions that say "not supported" for all that JCuda's library wants and the emulation does not have: a symbol that
     * is missing would end the JVM at the first call.
     */
    private Path stubs(String library, String prefix, int code, List<Path> objects) throws IOException {
        Path natives = scratch.resolve(library + ".so");
        String resource = "/lib/lib" + library + "-12.6.0-linux-x86_64.so";
        try (InputStream in = EmulationBuild.class.getResourceAsStream(resource)) {
            Files.copy(in, natives);
        }
        Set<String> wanted = symbols(List.of("nm", "-D", "--undefined-only", natives.toString()), prefix);
        for (Path each : objects) {
            wanted.removeAll(symbols(List.of("nm", "--defined-only", each.toString()), prefix));
        }
        String text = wanted.stream()
                .map(symbol -> "extern \"C\" int " + symbol + "() { return " + code + "; }\n")
                .collect(Collectors.joining());
        Path source = Files.writeString(scratch.resolve(prefix + ".cpp"), text);
        return object(List.of("-O1"), source);
    }

    private Set<String> symbols(List<String> command, String prefix) throws IOException {
        return run(command)
                .lines()
                .map(line -> line.replaceAll(".* ", "").replaceAll("@.*", ""))
                .filter(symbol -> symbol.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param versioned prefix of the symbols that get the library's name as version, as JCuda's natives ask for it */
    private void link(Path library, String versioned, List<Path> parts) throws IOException {
        List<String> command = new ArrayList<>(List.of("g++", "-shared", "-Wl,--no-as-needed"));
        command.add("-Wl,-soname," + library.getFileName());
        if (versioned != null) {
            Path script = scratch.resolve(versioned + ".map");
            Files.writeString(script, library.getFileName() + " { global: " + versioned + "*; local: *; };\n");
            command.add("-Wl,--version-script," + script);
        }
        command.addAll(List.of("-o", library.toString()));
        parts.forEach(each -> command.add(each.toString()));
        command.addAll(List.of("-lpthread", "-ldl"));
        run(command);
    }

    private String run(List<String> command) throws IOException {
        Path log = Files.createTempFile(scratch, "log", ".txt");
        try {
            int status = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            String said = Files.readString(log);
            if (status != 0) {
                throw new IOException("'" + String.join(" ", command) + "' ended with " + status + ":\n" + said
                        + "\nNeeded: g++ 11 or newer (Debian: apt-get install g++)");
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Code for one processor need not run on another that shares the home directory. */
    private static String machine() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .orElse("");
    }

    private static List<Path> list(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static <T> List<T> concat(List<? extends T> a, List<? extends T> b) {
        return Stream.<T>concat(a.stream(), b.stream()).toList();
    }

    private static String hash(List<String> texts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            texts.forEach(each -> digest.update((each + "\0").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
