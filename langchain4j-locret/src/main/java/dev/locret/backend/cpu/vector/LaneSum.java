package dev.locret.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;

/**
 * Adds up the lanes of a vector in one order. {@code reduceLanes} leaves the order open, and on JDK 25 compiled code
 * takes another one than the interpreter: a result would depend on how warm the code is, and equal scores would differ.
 */
final class LaneSum {
    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    private LaneSum() {}

    /** The sum of the lanes that were written to {@code lanes[at ..]}, which are overwritten. */
    static float of(float[] lanes, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[at + i] += lanes[at + half + i];
            }
        }
        return lanes[at];
    }
}
