package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads and processes on one cache, and processes that die. */
class SharedCacheTest {
    private static final String SOURCE = "hf:acme/tiny/model.gguf";
    private static final long DEADLINE_SECONDS = 60;

    @TempDir
    Path cache;

    FakeHub hub;
    byte[] content;
    final CountDownLatch released = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        content = hub.putLarge("model.gguf", 100_000);
    }

    @AfterEach
    void stop() {
        released.countDown();
        hub.close();
    }

    @Test
    void twoThreadsDownloadOnce() throws Exception {
        serveWhenTwoHaveAsked();
        // Not the common pool: on two cores it may have one thread only.
        Executor threads = task -> new Thread(task).start();
        CompletableFuture<Path> one = CompletableFuture.supplyAsync(() -> hub.pull(cache, SOURCE), threads);
        CompletableFuture<Path> two = CompletableFuture.supplyAsync(() -> hub.pull(cache, SOURCE), threads);
        assertThat(one.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).hasBinaryContent(content);
        assertThat(two.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).hasBinaryContent(content);
        assertThat(hub.gets("model.gguf")).hasSize(1);
    }

    @Test
    void twoProcessesDownloadOnce() throws Exception {
        serveWhenTwoHaveAsked();
        Process one = process();
        Process two = process();
        String path = output(one).strip();
        assertThat(output(two).strip()).isEqualTo(path);
        assertThat(Path.of(path)).hasBinaryContent(content);
        assertThat(hub.gets("model.gguf")).hasSize(1);
    }

    @Test
    void aKilledProcessLeavesNothingVisibleAndItsBytes() throws Exception {
        hub.next("GET", "model.gguf", (exchange, bytes) -> {
            FakeHub.cutAfter(40_000).answer(exchange, bytes);
            await(released);
        });
        Path incomplete = cache.resolve("models--acme--tiny/blobs").resolve(FakeHub.sha256(content) + ".incomplete");
        Process process = process();
        waitUntil(() -> size(incomplete) == 40_000);
        process.destroyForcibly().waitFor();

        assertThat(HubAsserts.filesUnder(cache, "")).containsExactly("blobs/" + incomplete.getFileName());
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(hub.gets("model.gguf")).extracting(FakeHub.Seen::range).containsExactly(null, "bytes=40000-");
    }

    @Test
    void aWaitingThreadCanBeInterrupted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        hub.next("GET", "model.gguf", (exchange, bytes) -> {
            FakeHub.cutAfter(40_000).answer(exchange, bytes);
            asked.countDown();
            await(released);
        });
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            Throwable thrown = catchThrowable(() -> hub.pull(cache, SOURCE));
            interrupted.set(Thread.currentThread().isInterrupted());
            failure.complete(thrown);
        });
        thread.start();
        asked.await();
        thread.interrupt();
        assertThat(failure.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.CANCELLED))
                .hasMessageStartingWith("hub: interrupted: ");
        assertThat(interrupted).isTrue();
        assertThat(HubAsserts.filesUnder(cache, "snapshots")).isEmpty();
    }

    /** The first download is answered only when both have reached the point where they would start one. */
    private void serveWhenTwoHaveAsked() {
        hub.next("GET", "model.gguf", (exchange, bytes) -> {
            waitUntil(() -> hub.seen.stream()
                            .filter(request -> request.method().equals("HEAD"))
                            .count()
                    == 2);
            FakeHub.cutAfter(bytes.length).answer(exchange, bytes);
        });
    }

    private Process process() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PullMain.class.getName(),
                        hub.endpoint().toString(),
                        cache.toString(),
                        SOURCE)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String output(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        return text;
    }

    private static long size(Path path) {
        try {
            return Files.exists(path) ? Files.size(path) : -1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void waitUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain");
            }
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
