package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time limit is for a pool that hangs; nothing here measures. */
@Timeout(60)
class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyTaskRunsOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int tasks = 0; tasks < 200; tasks++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks + 1);
                pool.run(tasks, (index, thread) -> {
                    assertThat(thread).isBetween(0, threads - 1);
                    runs.incrementAndGet(index);
                });
                for (int i = 0; i < tasks; i++) {
                    assertThat(runs.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void whatATaskThrowsReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int bad = 0; bad < 20; bad++) {
                int failing = bad;
                assertThatThrownBy(() -> pool.run(20, (index, thread) -> {
                            if (index == failing) {
                                throw new IllegalStateException("task " + index);
                            }
                        }))
                        .hasMessage("task " + failing);
                assertThatThrownBy(() -> pool.run(20, (index, thread) -> {
                            if (index == failing) {
                                throw new OutOfMemoryError("task " + index);
                            }
                        }))
                        .isInstanceOf(OutOfMemoryError.class)
                        .hasMessage("task " + failing);
            }
        }
    }
}
