package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.cache.CachePlan;
import org.junit.jupiter.api.Test;

/** Where a reading leaves snapshots, in chunks of 16. */
class PrefixStoreTest {
    private static final int[] NONE = {};

    private final PrefixStore store = new PrefixStore(new SnapshotMemory(1 << 20), CachePlan.of(64, 16, 8, 4, 12));

    @Test
    void theLastBordersBeforeTheLocalPartAreKept() {
        assertThat(store.borders(196, NONE, 0)).containsExactly(144, 176, 192);
        assertThat(store.borders(40, NONE, 0)).containsExactly(16, 32);
        assertThat(store.borders(16, NONE, 0)).isEmpty();
        assertThat(store.borders(0, NONE, 0)).isEmpty();
    }

    @Test
    void theEndOfTheFinalChunkIsNoneOfThem() {
        assertThat(store.borders(192, NONE, 0)).containsExactly(128, 160, 176);
        assertThat(store.borders(193, NONE, 0)).containsExactly(144, 176, 192);
    }

    @Test
    void bordersBeforeTheLastMessagesComeFirst() {
        assertThat(store.borders(196, new int[] {0, 20, 100, 130}, 0)).containsExactly(96, 128, 192);
        assertThat(store.borders(196, new int[] {195, 1 << 30, -5}, 0)).containsExactly(176, 192);
    }

    @Test
    void whatIsCachedAlreadyIsNotKeptAgain() {
        assertThat(store.borders(196, NONE, 144)).containsExactly(176, 192);
        assertThat(store.borders(196, NONE, 192)).isEmpty();
    }

    @Test
    void nothingIsKeptWithoutMemory() {
        PrefixStore off = new PrefixStore(new SnapshotMemory(0), CachePlan.of(64, 16, 8, 4, 12));
        assertThat(off.borders(196, NONE, 0)).isEmpty();
    }
}
