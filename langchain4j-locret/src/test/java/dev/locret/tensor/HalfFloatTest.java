package dev.locret.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rounding to half precision: every half, what lies halfway between two, and the neighbours of that. */
class HalfFloatTest {
    @Test
    void everyHalfComesBackAndMidpointsGoToTheEvenOne() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            float value = HalfFloat.fromF16((short) bits);
            assertThat(HalfFloat.toF16(value)).isEqualTo((short) bits);
            assertThat(HalfFloat.toF16(-value)).isEqualTo((short) (bits | 0x8000));
            double next = bits + 1 == 0x7c00 ? 65536 : HalfFloat.fromF16((short) (bits + 1));
            float midpoint = (float) ((value + next) / 2);
            assertThat(HalfFloat.toF16(midpoint)).isEqualTo((short) (bits + (bits & 1)));
            assertThat(HalfFloat.toF16(Math.nextDown(midpoint))).isEqualTo((short) bits);
            assertThat(HalfFloat.toF16(Math.nextUp(midpoint))).isEqualTo((short) (bits + 1));
        }
    }

    @Test
    void whatIsNoNumberStaysNone() {
        assertThat(HalfFloat.toF16(Float.POSITIVE_INFINITY)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloat.toF16(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
        assertThat(HalfFloat.fromF16(HalfFloat.toF16(Float.NaN))).isNaN();
        assertThat(HalfFloat.toF16(Float.MIN_VALUE)).isZero();
    }
}
