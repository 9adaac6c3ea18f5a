package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What this process holds that a leak would add to.
 *
 * @param heapBytes used after garbage collection
 * @param bufferBytes memory outside the heap that belongs to buffers, mapped files among them
 * @param buffers number of those buffers
 * @param files what is open, sorted; empty where the system does not tell
 * @param residentBytes of the process, 0 where the system does not tell; for a reader, since it grows with what the
 *     heap ever touched
 */
public record ProcessResources(long heapBytes, long bufferBytes, long buffers, List<String> files, long residentBytes) {
    /** What a JVM that has warmed up still adds by itself: compiled code's data, statistics of the test. */
    private static final long HEAP_SLACK = 24 << 20;

    private static final long HEAP_NOISE = 1 << 20;
    private static final int FILE_SLACK = 4;
    private static final int COLLECTIONS = 5;
    private static final int PAUSE_MILLIS = 50;

    /** What is held for good. */
    public static ProcessResources now() throws InterruptedException, IOException {
        ProcessResources least = read();
        // Mapped files are given back some time after a collection found that nobody has them.
        for (int unchanged = 0; unchanged < COLLECTIONS; unchanged++) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            ProcessResources next = read();
            if (next.buffers < least.buffers || next.heapBytes < least.heapBytes - HEAP_NOISE) {
                unchanged = 0;
            }
            least = next;
        }
        return least;
    }

    private static ProcessResources read() throws IOException {
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory() - runtime.freeMemory();
        long bytes = 0;
        long count = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            bytes += pool.getMemoryUsed();
            count += pool.getCount();
        }
        return new ProcessResources(heap, bytes, count, openFiles(), resident());
    }

    private static List<String> openFiles() throws IOException {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return List.of();
        }
        List<String> targets = new ArrayList<>();
        try (Stream<Path> each = Files.list(open)) {
            for (Path file : each.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(file).toString());
                } catch (NoSuchFileException e) {
                    // Closed since: the listing itself, for one.
                    continue;
                }
            }
        }
        Collections.sort(targets);
        return targets;
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        String resident = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return 1024 * Long.parseLong(resident.replaceAll("[^0-9]", ""));
    }

    /** Fails if there is more now than in the given state before. */
    public void assertNoMoreThan(ProcessResources before) {
        assertThat(bufferBytes).as("bytes outside the heap").isLessThanOrEqualTo(before.bufferBytes);
        assertThat(buffers).as("buffers outside the heap").isLessThanOrEqualTo(before.buffers);
        List<String> more = new ArrayList<>(files);
        before.files.forEach(more::remove);
        assertThat(more).as("open files, " + before.files.size() + " before").hasSizeLessThanOrEqualTo(FILE_SLACK);
        assertThat(heapBytes).as("bytes of the heap").isLessThanOrEqualTo(before.heapBytes + HEAP_SLACK);
    }

    /** Threads of engines. */
    public static Set<Thread> threads() {
        Set<Thread> ours = new HashSet<>(Thread.getAllStackTraces().keySet());
        ours.removeIf(thread -> !thread.getName().startsWith("locret"));
        return ours;
    }

    /** Fails if a thread of an engine goes on that was not there before. */
    public static void assertNoThreadsBut(Set<Thread> before) throws InterruptedException {
        for (Thread thread : threads()) {
            if (!before.contains(thread)) {
                // One that was told to end may need a moment for it.
                thread.join(TimeUnit.SECONDS.toMillis(60));
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }
}
