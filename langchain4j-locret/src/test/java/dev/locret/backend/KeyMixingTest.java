package dev.locret.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyMixingTest {
    @Test
    void isAHadamardTransformOf32DimensionsAndItsOwnInverse() {
        Random random = new Random(1);
        float[] key = new float[100];
        for (int i = 0; i < key.length; i++) {
            key[i] = (float) random.nextGaussian();
        }
        float[] mixed = key.clone();
        KeyMixing.mix(mixed, 3, 96);
        for (int i = 3; i < 99; i++) {
            int block = 3 + (i - 3) / 32 * 32;
            double sum = 0;
            for (int j = 0; j < 32; j++) {
                // The sign is the parity of the bits that two indices share.
                sum += Integer.bitCount(i - block & j) % 2 == 0 ? key[block + j] : -key[block + j];
            }
            // Five sums of roundings of numbers of size about ten, and a 32nd of that.
            assertThat((double) mixed[i]).isCloseTo(sum / 32, offset(2e-7));
        }
        assertThat(mixed[2]).isEqualTo(key[2]);
        assertThat(mixed[99]).isEqualTo(key[99]);
        KeyMixing.unmix(mixed, 3, 96);
        for (int i = 0; i < key.length; i++) {
            assertThat((double) mixed[i]).isCloseTo(key[i], offset(2e-6));
        }
    }

    @Test
    void oneLargeDimensionIsSpread() {
        float[] key = new float[32];
        key[9] = 320;
        KeyMixing.mix(key, 0, 32);
        for (float x : key) {
            assertThat(Math.abs(x)).isEqualTo(10);
        }
    }
}
