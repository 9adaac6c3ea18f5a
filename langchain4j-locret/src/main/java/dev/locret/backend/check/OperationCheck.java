package dev.locret.backend.check;

import dev.locret.backend.Backend;
import java.util.function.Function;

/**
 * An operation with one size and type, whose results on two devices may be so far apart.
 *
 * @param operation name of the operation, with its variant
 * @param size shapes, in the order of the operation's arguments
 * @param bound largest root of the mean squared difference relative to that of the result; 0 for equal to the last bit
 * @param results computes the same on any device
 */
record OperationCheck(String operation, String size, double bound, Function<Backend, float[]> results) {
    /** Equal to the last bit. */
    static final double EXACT = 0;
    /** Sums of up to some thousand f32 products in another order, and another exponential. */
    static final double FLOATS = 1e-5;
    /** Inputs and weights rounded to 11 bits, each {@code 2⁻¹² / √3}; twice that for tensor cores' own rounding. */
    static final double HALVES = 8e-4;
    /** Inputs rounded to 8 bits. */
    static final double BFLOATS = 4e-3;
    /** Queries, keys, probabilities and values of 11 bits, with logits of size about 5. */
    static final double ATTENTION = 4e-3;

    /** How far a device is from the reference, as {@link #bound} measures it. */
    double error(Backend device, Backend reference) {
        float[] expected = results.apply(reference);
        float[] actual = results.apply(device);
        if (actual.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double error = Math.sqrt(SampleTensors.error(actual, expected));
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
