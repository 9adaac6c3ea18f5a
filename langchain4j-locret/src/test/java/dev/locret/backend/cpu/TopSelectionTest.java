package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopSelectionTest {
    @Test
    void keepsTheHighestScoresInOrderOfEntry() {
        Random random = new Random(1);
        for (int size = 2; size < 400; size += 7) {
            float[] scores = new float[size];
            for (int i = 0; i < size; i++) {
                scores[i] = (float) random.nextGaussian();
            }
            int keep = 1 + random.nextInt(size - 1);
            int[] kept = select(scores, keep);
            assertThat(kept).isSorted().doesNotHaveDuplicates();
            float[] sorted = scores.clone();
            Arrays.sort(sorted);
            for (int entry : kept) {
                assertThat(scores[entry]).isGreaterThanOrEqualTo(sorted[size - keep]);
            }
        }
    }

    /** What {@code std::nth_element} of GCC 12 leaves in front of these equal scores. */
    @Test
    void keepsTheSameOfEqualScoresAsTheCppLibrary() {
        assertThat(select(new float[] {1, 1, 1, 1}, 2)).containsExactly(2, 3);
        assertThat(select(new float[] {1, 1, 1, 1, 1}, 3)).containsExactly(2, 3, 4);
    }

    @Test
    void adversarialOrdersEndAndSelectRightly() {
        int size = 4096;
        float[] organ = new float[size];
        for (int i = 0; i < size; i++) {
            organ[i] = Math.min(i, size - i);
        }
        assertThat(select(organ, 3)).containsExactly(size / 2 - 1, size / 2, size / 2 + 1);
        assertThat(select(new float[size], 100)).hasSize(100);
    }

    private static int[] select(float[] scores, int keep) {
        TopSelection selection = new TopSelection(scores.length);
        selection.clear();
        for (float score : scores) {
            selection.add(score);
        }
        return Arrays.copyOf(selection.select(keep), keep);
    }
}
