package dev.locret.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The emulated driver of {@code src/test/cuda-emulation}, built by g++ the first time and placed in a directory of this
 * JVM's own, where the backend finds it as if it were NVIDIA's. Its settings are a file that both sides map.
 */
public final class EmulatedCuda {
    private static final int CONTROL_BYTES = 4096;
    private static EmulatedCuda instance;

    private final Path directory;
    /** Offsets are those of {@code control.h}. */
    private final MappedByteBuffer control;

    private EmulatedCuda(Path directory, MappedByteBuffer control) {
        this.directory = directory;
        this.control = control;
    }

    /** Makes {@code device=cuda} the emulated device in this JVM, with its settings as at the beginning. */
    public static synchronized EmulatedCuda install() {
        try {
            if (instance == null) {
                instance = prepare();
                System.setProperty("locret.cuda.path", instance.directory.toString());
                System.setProperty(
                        "locret.cuda.cache",
                        instance.directory.resolve("kernels").toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        instance.reset();
        return instance;
    }

    private static EmulatedCuda prepare() throws IOException {
        Path built = EmulationBuild.libraries();
        Path own = Files.createTempDirectory(built.getParent(), "run");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(own)));
        try (Stream<Path> files = Files.list(built)) {
            for (Path each : files.toList()) {
                // Not symbolic: Java resolves those, and the driver would not find what lies beside it.
                Files.createLink(own.resolve(each.getFileName()), each);
            }
        }
        try (FileChannel file = FileChannel.open(
                own.resolve("control"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MappedByteBuffer map = file.map(FileChannel.MapMode.READ_WRITE, 0, CONTROL_BYTES);
            map.order(ByteOrder.nativeOrder());
            return new EmulatedCuda(own, map);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reset() {
        for (int at = 0; at < 80; at += 4) {
            // What is alive is the driver's to count.
            if ((at < 48 || at >= 56) && at != 68) {
                control.putInt(at, 0);
            }
        }
    }

    /** Where the libraries lie. */
    public Path directory() {
        return directory;
    }

    /** Runs a stream's work as late as the program allows, not at once. */
    public EmulatedCuda strict() {
        control.putInt(0, 1);
        return this;
    }

    /** Runs the threads of a block in reverse (-1) or in an order by that seed. */
    public EmulatedCuda order(int order) {
        control.putInt(4, order);
        return this;
    }

    /** Puts guard pages in front of allocations, not behind. */
    public EmulatedCuda guardInFront() {
        control.putInt(8, 1);
        return this;
    }

    /** Checks every memory access of a kernel. */
    public EmulatedCuda check() {
        control.putInt(12, 1);
        return this;
    }

    /** Memory of the device. */
    public EmulatedCuda memoryBytes(long bytes) {
        control.putLong(16, bytes);
        return this;
    }

    /** Lets the driver call of that number fail, counted from 1 and from now. */
    public EmulatedCuda failAt(long call) {
        control.putLong(32, 0);
        control.putLong(24, call);
        return this;
    }

    /**
     * As above with an error of a kernel's own choosing; what a context does not survive stays with it.
     *
     * @param code a {@code CUresult}
     */
    public EmulatedCuda failAt(long call, int code) {
        control.putInt(56, code);
        return failAt(call);
    }

    /** Version of the driver, as 12090 for 12.9. */
    public EmulatedCuda driverVersion(int version) {
        control.putInt(60, version);
        return this;
    }

    /** Lets the driver load no machine code, as one that is too old for it. */
    public EmulatedCuda refuseMachineCode() {
        control.putInt(64, 1);
        return this;
    }

    /** Lets the driver load neither machine code nor PTX. */
    public EmulatedCuda refuseCode() {
        control.putInt(64, 2);
        return this;
    }

    /** Memory of the device that other processes hold. */
    public EmulatedCuda occupiedBytes(long bytes) {
        control.putLong(72, bytes);
        return this;
    }

    /** Driver calls since {@link #failAt} or the beginning. */
    public long calls() {
        return control.getLong(32);
    }

    /** Compute capability times ten. */
    public EmulatedCuda capability(int capability) {
        control.putInt(40, capability);
        return this;
    }

    public EmulatedCuda devices(int devices) {
        control.putInt(44, devices + 1);
        return this;
    }

    /** Graphs that are alive, those that can be launched counted apart from what they were made of. */
    public int graphs() {
        return control.getInt(68);
    }

    /** Device and pinned allocations that are alive. */
    public long allocations() {
        return control.getLong(48);
    }
}
