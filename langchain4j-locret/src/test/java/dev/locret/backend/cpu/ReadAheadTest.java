package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.tensor.DType;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int WIDTH = 32;
    private static final int[] ONE = {1};

    private final ReadAhead readAhead = new ReadAhead(2);

    /** A panel of a weight holds {@code 32 · columns} floats. */
    private static CpuWeight[] weight(int panels, int columns) {
        float[] floats = new float[panels * columns * WIDTH];
        int rows = panels * WIDTH;
        return new CpuWeight[] {new CpuWeight("w", DType.F32, PanelFormat.FLOAT, rows, columns, WIDTH, null, floats)};
    }

    private int pieces(int thread) {
        int pieces = 0;
        while (readAhead.read(thread, pieces)) {
            pieces++;
        }
        return pieces;
    }

    @Test
    void nothingIsReadBeforeTheOrderIsKnown() {
        assertThat(pieces(0)).isZero();
        readAhead.begin(weight(2, 64), ONE);
        assertThat(pieces(0)).isZero();
    }

    @Test
    void readsEachThreadsShareOfWhatFollowedLastTime() {
        CpuWeight[] first = weight(2, 8);
        CpuWeight[] second = weight(3, 64);
        readAhead.begin(first, ONE);
        readAhead.begin(second, ONE);
        readAhead.begin(first, ONE);
        // Three panels of 2,048 floats: thread 0 has two of them, thread 1 one, in pieces of 256.
        assertThat(pieces(0)).isEqualTo(16);
        assertThat(pieces(1)).isEqualTo(8);
        // After the second comes the first again: two panels of 256 floats.
        readAhead.begin(second, ONE);
        assertThat(pieces(0)).isEqualTo(1);
        assertThat(pieces(1)).isEqualTo(1);
    }

    @Test
    void readsNoMoreThanItsPartOfACache() {
        CpuWeight[] first = weight(2, 8);
        CpuWeight[] large = weight(64, 512);
        readAhead.begin(first, ONE);
        readAhead.begin(large, ONE);
        readAhead.begin(first, ONE);
        assertThat(pieces(0)).isEqualTo(256);
    }

    @Test
    void anotherFollowerReplacesTheOneKnown() {
        CpuWeight[] first = weight(2, 8);
        readAhead.begin(first, ONE);
        readAhead.begin(weight(2, 64), ONE);
        readAhead.begin(first, ONE);
        assertThat(pieces(0)).isEqualTo(8);
        readAhead.begin(weight(2, 128), ONE);
        readAhead.begin(first, ONE);
        assertThat(pieces(0)).isEqualTo(16);
    }

    @Test
    void aPauseForgetsWhatIsNext() {
        CpuWeight[] first = weight(2, 64);
        readAhead.begin(first, ONE);
        readAhead.begin(weight(2, 64), ONE);
        readAhead.begin(first, ONE);
        readAhead.pause();
        assertThat(pieces(0)).isZero();
    }
}
