package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.DemoEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineHealthTest {
    private final EngineLifecycle ready = EngineLifecycle.of(DemoEngine.shared());

    private static EngineLifecycle failing(String name) {
        return EngineLifecycle.load(
                name,
                LoadMode.LAZY,
                () -> {
                    throw new LocretException(ErrorId.FILE_DAMAGED, "gguf: damaged");
                },
                null);
    }

    @Test
    void aModelThatNobodyAskedForIsWell() {
        EngineLifecycle lazy = failing("late");

        assertThat(EngineHealth.of(List.of(lazy))).satisfies(health -> {
            assertThat(health.status()).isEqualTo("UP");
            assertThat(health.details()).containsOnlyKeys("state").containsEntry("state", "not-loaded");
        });
    }

    @Test
    void theWorstOfSeveralCounts() {
        EngineLifecycle failed = failing("late");
        assertThatThrownBy(failed::engine).hasMessage("gguf: damaged");

        EngineHealth health = EngineHealth.of(List.of(ready, failed));

        assertThat(health.status()).isEqualTo("DOWN");
        assertThat(health.details()).containsOnlyKeys("default", "late");
        assertThat(EngineHealth.of(List.of(failed, ready)).status()).isEqualTo("DOWN");
        assertThat(EngineHealth.of(List.of(ready, failing("later"))).status()).isEqualTo("UP");
    }

    @Test
    void aClosedEngineIsOutOfService() throws Exception {
        EngineLifecycle closed = failing("late");
        closed.destroy();

        assertThat(EngineHealth.of(List.of(closed)).status()).isEqualTo("OUT_OF_SERVICE");
        assertThat(EngineHealth.of(List.of(closed)).details()).containsEntry("state", "closed");
    }
}
