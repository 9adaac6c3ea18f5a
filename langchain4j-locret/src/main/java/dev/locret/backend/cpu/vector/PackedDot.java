package dev.locret.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row times one group of two packed panels, on the integers: {@code scale · Σ q·x + minimum · Σ x} spares an
 * operation a weight, and four independent sums hide the latency of the multiply-add.
 */
final class PackedDot {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final int LANES = F.length();
    private static final int WIDTH = 2 * LANES;

    private PackedDot() {}

    /** Sum of the 32 inputs of a group; a vector's lanes are written to {@code lanes[to ..]}. */
    static float sum(float[] a, int at, float[] lanes, int to) {
        FloatVector sums = FloatVector.zero(F);
        for (int i = 0; i < 32; i += LANES) {
            sums = sums.add(FloatVector.fromArray(F, a, at + i));
        }
        sums.intoArray(lanes, to);
        return LaneSum.of(lanes, to);
    }

    /** Writes scales {@code [2 · width]}, then minima {@code [2 · width]} (whatever the upper half of a header is). */
    static void headers(int[] words, int first, int second, float[] out) {
        header(words, first, out, 0);
        header(words, first + LANES, out, LANES);
        header(words, second, out, WIDTH);
        header(words, second + LANES, out, WIDTH + LANES);
    }

    private static void header(int[] words, int from, float[] out, int to) {
        // Written out, as a call that HotSpot does not inline here would box the vectors.
        IntVector both = IntVector.fromArray(I, words, from);
        both.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(PackedPanels.HALF_BITS)
                .reinterpretAsFloats()
                .mul(PackedPanels.HALF_SCALE)
                .intoArray(out, to);
        both.lanewise(VectorOperators.ASHR, 3)
                .and(PackedPanels.HALF_BITS)
                .reinterpretAsFloats()
                .mul(PackedPanels.HALF_SCALE)
                .intoArray(out, 2 * WIDTH + to);
    }

    static void nibbles(
            int[] words, int first, int second, float[] a, int at, float sum, float[] header, float[] c, int to) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int w = 1; w <= 4; w++) {
            IntVector n0 = IntVector.fromArray(I, words, first + w * WIDTH);
            IntVector n1 = IntVector.fromArray(I, words, first + w * WIDTH + LANES);
            IntVector n2 = IntVector.fromArray(I, words, second + w * WIDTH);
            IntVector n3 = IntVector.fromArray(I, words, second + w * WIDTH + LANES);
            int k = at + 8 * w - 8;
            for (int j = 0; j < 8; j++) {
                FloatVector x = FloatVector.broadcast(F, a[k + j]);
                s0 = x.fma((FloatVector) n0.and(15).convertShape(VectorOperators.I2F, F, 0), s0);
                s1 = x.fma((FloatVector) n1.and(15).convertShape(VectorOperators.I2F, F, 0), s1);
                s2 = x.fma((FloatVector) n2.and(15).convertShape(VectorOperators.I2F, F, 0), s2);
                s3 = x.fma((FloatVector) n3.and(15).convertShape(VectorOperators.I2F, F, 0), s3);
                n0 = n0.lanewise(VectorOperators.LSHR, 4);
                n1 = n1.lanewise(VectorOperators.LSHR, 4);
                n2 = n2.lanewise(VectorOperators.LSHR, 4);
                n3 = n3.lanewise(VectorOperators.LSHR, 4);
            }
        }
        add(s0, header, 0, sum, c, to);
        add(s1, header, LANES, sum, c, to + LANES);
        if (second != first) {
            add(s2, header, WIDTH, sum, c, to + WIDTH);
            add(s3, header, WIDTH + LANES, sum, c, to + WIDTH + LANES);
        }
    }

    private static void add(FloatVector products, float[] header, int at, float sum, float[] c, int to) {
        FloatVector scale = FloatVector.fromArray(F, header, at);
        FloatVector minimum = FloatVector.fromArray(F, header, 2 * WIDTH + at);
        products.fma(scale, minimum.fma(FloatVector.broadcast(F, sum), FloatVector.fromArray(F, c, to)))
                .intoArray(c, to);
    }

    static void bytes(int[] words, int first, int second, float[] a, int at, float[] header, float[] c, int to) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int w = 1; w <= 8; w++) {
            IntVector b0 = IntVector.fromArray(I, words, first + w * WIDTH);
            IntVector b1 = IntVector.fromArray(I, words, first + w * WIDTH + LANES);
            IntVector b2 = IntVector.fromArray(I, words, second + w * WIDTH);
            IntVector b3 = IntVector.fromArray(I, words, second + w * WIDTH + LANES);
            int k = at + 4 * w - 1;
            // The highest byte first: each shift to the left brings the next one to the top.
            for (int j = 0; j < 4; j++) {
                FloatVector x = FloatVector.broadcast(F, a[k - j]);
                s0 = x.fma(
                        (FloatVector) b0.lanewise(VectorOperators.ASHR, 24).convertShape(VectorOperators.I2F, F, 0),
                        s0);
                s1 = x.fma(
                        (FloatVector) b1.lanewise(VectorOperators.ASHR, 24).convertShape(VectorOperators.I2F, F, 0),
                        s1);
                s2 = x.fma(
                        (FloatVector) b2.lanewise(VectorOperators.ASHR, 24).convertShape(VectorOperators.I2F, F, 0),
                        s2);
                s3 = x.fma(
                        (FloatVector) b3.lanewise(VectorOperators.ASHR, 24).convertShape(VectorOperators.I2F, F, 0),
                        s3);
                b0 = b0.lanewise(VectorOperators.LSHL, 8);
                b1 = b1.lanewise(VectorOperators.LSHL, 8);
                b2 = b2.lanewise(VectorOperators.LSHL, 8);
                b3 = b3.lanewise(VectorOperators.LSHL, 8);
            }
        }
        add(s0, header, 0, c, to);
        add(s1, header, LANES, c, to + LANES);
        if (second != first) {
            add(s2, header, WIDTH, c, to + WIDTH);
            add(s3, header, WIDTH + LANES, c, to + WIDTH + LANES);
        }
    }

    private static void add(FloatVector products, float[] header, int at, float[] c, int to) {
        products.fma(FloatVector.fromArray(F, header, at), FloatVector.fromArray(F, c, to))
                .intoArray(c, to);
    }

    /** Adds one row times all of two panels of BF16 pairs to {@code c}. */
    static void bfloat16(int[] words, int first, int second, int pairs, float[] a, int at, float[] c, int to) {
        FloatVector s0 = FloatVector.fromArray(F, c, to);
        FloatVector s1 = FloatVector.fromArray(F, c, to + LANES);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        if (second != first) {
            s2 = FloatVector.fromArray(F, c, to + WIDTH);
            s3 = FloatVector.fromArray(F, c, to + WIDTH + LANES);
        }
        for (int pair = 0; pair < pairs; pair++) {
            IntVector w0 = IntVector.fromArray(I, words, first + pair * WIDTH);
            IntVector w1 = IntVector.fromArray(I, words, first + pair * WIDTH + LANES);
            IntVector w2 = IntVector.fromArray(I, words, second + pair * WIDTH);
            IntVector w3 = IntVector.fromArray(I, words, second + pair * WIDTH + LANES);
            FloatVector x = FloatVector.broadcast(F, a[at + 2 * pair]);
            s0 = x.fma(w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s0);
            s1 = x.fma(w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s1);
            s2 = x.fma(w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s2);
            s3 = x.fma(w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s3);
            x = FloatVector.broadcast(F, a[at + 2 * pair + 1]);
            s0 = x.fma(w0.and(0xffff0000).reinterpretAsFloats(), s0);
            s1 = x.fma(w1.and(0xffff0000).reinterpretAsFloats(), s1);
            s2 = x.fma(w2.and(0xffff0000).reinterpretAsFloats(), s2);
            s3 = x.fma(w3.and(0xffff0000).reinterpretAsFloats(), s3);
        }
        s0.intoArray(c, to);
        s1.intoArray(c, to + LANES);
        if (second != first) {
            s2.intoArray(c, to + WIDTH);
            s3.intoArray(c, to + WIDTH + LANES);
        }
    }
}
