package dev.locret.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.KvCache;
import dev.locret.eviction.Locret;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.HeadsFile;
import dev.locret.format.ModelFiles;
import dev.locret.testing.Golden;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A decoded token leaves some 2,700 bytes of small records a layer behind (views, tasks of the pool), and no array of the
 * cache's size. With the fallback kernels: before it is compiled, the vector API keeps vectors on the heap.
 */
class DecodeAllocationTest {
    private static final int STEPS = 200;
    private static final int ENTRIES = 6000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aTokenLeavesFewBytesHoweverLongTheCacheIs() {
        Golden golden = Golden.of("llama-tiny");
        try (Backend backend = new CpuBackend(2, "fallback");
                ModelFiles files = ModelFiles.open(golden.directory())) {
            Decoder decoder = new Decoder(
                    files.weights(), backend, 512, 1, ENTRIES, PositionMode.CACHE, RotaryEmbedding.Factors.LONG);
            String name = "retaining_heads.safetensors";
            RetainingHeads heads =
                    RetainingHeads.of(HeadsFile.open(golden.directory().resolve(name)), decoder.config(), name);
            Locret locret = new Locret(backend, heads, 512);
            KvCache cache = KvCache.allocate(backend, decoder.config(), ENTRIES);
            // Until the compiler has done its work.
            for (int i = 0; i < 10; i++) {
                bytesOfAToken(decoder, cache, locret);
                cache.clear();
            }
            long few = bytesOfAToken(decoder, cache, locret);
            while (cache.longest() < ENTRIES - 512 - STEPS) {
                decoder.forward(List.of(new Segment(cache, new int[512], locret, 1, false)), () -> {});
            }
            long many = bytesOfAToken(decoder, cache, locret);
            // One float for each entry, in one layer of three, is more than this difference.
            assertThat(many).isLessThan(few + 4 * (cache.longest() - 2 * STEPS));
            assertThat(few).isLessThan(4000L * decoder.config().layers());
        }
    }

    private long bytesOfAToken(Decoder decoder, KvCache cache, Locret locret) {
        long before = allocated();
        for (int i = 0; i < STEPS; i++) {
            Segment step = new Segment(cache, new int[] {1 + i % 50}, locret, 1, true);
            Matrix logits = decoder.forward(List.of(step), () -> {});
            decoder.backend().sample(logits, new SamplingSpec[] {SamplingSpec.GREEDY});
        }
        return (allocated() - before) / STEPS;
    }

    /** By this thread and the backend's. */
    private long allocated() {
        long own = Thread.currentThread().getId();
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getId() == own || thread.getName().startsWith("locret-cpu")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }
}
