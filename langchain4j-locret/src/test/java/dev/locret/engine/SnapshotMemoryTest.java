package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import org.junit.jupiter.api.Test;

class SnapshotMemoryTest {
    private final SnapshotMemory memory = new SnapshotMemory(100);

    @Test
    void whatWasNotUsedForTheLongestTimeMakesRoom() {
        assertThat(memory.put("a", 1, 40, false)).isTrue();
        assertThat(memory.put("b", 2, 40, false)).isTrue();
        assertThat(memory.get("a")).isEqualTo(1);
        assertThat(memory.put("c", 3, 50, false)).isTrue();
        assertThat(memory.get("b")).isNull();
        assertThat(memory.get("a")).isEqualTo(1);
        assertThat(memory.used()).isEqualTo(90);
        assertThat(memory.count()).isEqualTo(2);
    }

    @Test
    void whatIsFixedStays() {
        memory.put("fixed", 1, 60, true);
        assertThat(memory.put("a", 2, 40, false)).isTrue();
        assertThat(memory.put("b", 3, 41, false)).isFalse();
        assertThat(memory.get("fixed")).isEqualTo(1);
        assertThat(memory.remove("fixed")).isEqualTo(1);
        assertThat(memory.remove("fixed")).isNull();
        assertThat(memory.put("b", 3, 41, false)).isTrue();
    }

    @Test
    void aNewValueTakesThePlaceOfTheOld() {
        memory.put("a", 1, 90, false);
        assertThat(memory.put("a", 2, 80, false)).isTrue();
        assertThat(memory.get("a")).isEqualTo(2);
        assertThat(memory.used()).isEqualTo(80);
    }

    @Test
    void tooLittleRoomIsToldBeforeTheWork() {
        memory.put("fixed", 1, 60, true);
        memory.put("may go", 1, 40, false);
        memory.requireRoom("new", 40);
        memory.requireRoom("fixed", 100);
        assertThatThrownBy(() -> memory.requireRoom("new", 41))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.CONTEXTS_FULL))
                .hasMessage("contexts: no memory for another: needed=41 bytes, taken=60 bytes, prefix-cache=100 bytes;"
                        + " remove one, raise prefix-cache, or set contexts-directory");
    }
}
