package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeluFunctionTest {
    /** By mpmath with 30 digits: x · erfc(-x / √2) / 2. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0.841344746068542949",
        "-1, -0.158655253931457051",
        "0.001, 0.000500398966000534187",
        "-3, -0.00404969409489028358",
        "3, 2.99595030590510972",
        "4.2, 4.1999437570745969",
        "-4.3, -0.0000367215635491104461",
        "-6, -5.91952587022618884e-9",
        "-12, -2.1317785344932148e-32",
        "100, 100"
    })
    void isTheExactOne(float x, double expected) {
        float[] row = {7, x, 9};
        GeluFunction.apply(row, 1, 1);
        assertThat((double) row[1]).isCloseTo(expected, offset(2e-7 * Math.abs(expected)));
        assertThat(row[0]).isEqualTo(7);
        assertThat(row[2]).isEqualTo(9);
    }

    @Test
    void whatIsNoNumberStaysNone() {
        float[] row = {Float.NaN, Float.POSITIVE_INFINITY};
        GeluFunction.apply(row, 0, 2);
        assertThat(row[0]).isNaN();
        assertThat(row[1]).isEqualTo(Float.POSITIVE_INFINITY);
    }
}
