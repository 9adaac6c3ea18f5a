package dev.locret.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * As many rows as the registers hold sums of, times one panel of two vectors. The inputs lie side by side,
 * {@code [depth][ROWS]}: one base address and broadcasts from memory. HotSpot then keeps the sums in registers on JDK 17
 * and 25 with each collector, which it does not for rows that lie apart.
 */
final class InputTile {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final int WIDTH = 2 * LANES;

    /** Eight where there are 32 registers (AVX-512), five where there are 16. */
    static final int ROWS = LANES >= 16 ? 8 : 5;

    private InputTile() {}

    /** Adds the product of {@link #ROWS} rows with a panel to rows of {@code c}, {@code stride} apart. */
    static void add(int depth, float[] a, int from, float[] b, int bOffset, float[] c, int to, int stride) {
        if (ROWS == 8) {
            eight(depth, a, from, b, bOffset, c, to, stride);
        } else {
            five(depth, a, from, b, bOffset, c, to, stride);
        }
    }

    private static void eight(int depth, float[] a, int from, float[] b, int bOffset, float[] c, int c0, int stride) {
        int c1 = c0 + stride;
        int c2 = c1 + stride;
        int c3 = c2 + stride;
        int c4 = c3 + stride;
        int c5 = c4 + stride;
        int c6 = c5 + stride;
        int c7 = c6 + stride;
        FloatVector s00 = FloatVector.fromArray(F, c, c0);
        FloatVector s01 = FloatVector.fromArray(F, c, c0 + LANES);
        FloatVector s10 = FloatVector.fromArray(F, c, c1);
        FloatVector s11 = FloatVector.fromArray(F, c, c1 + LANES);
        FloatVector s20 = FloatVector.fromArray(F, c, c2);
        FloatVector s21 = FloatVector.fromArray(F, c, c2 + LANES);
        FloatVector s30 = FloatVector.fromArray(F, c, c3);
        FloatVector s31 = FloatVector.fromArray(F, c, c3 + LANES);
        FloatVector s40 = FloatVector.fromArray(F, c, c4);
        FloatVector s41 = FloatVector.fromArray(F, c, c4 + LANES);
        FloatVector s50 = FloatVector.fromArray(F, c, c5);
        FloatVector s51 = FloatVector.fromArray(F, c, c5 + LANES);
        FloatVector s60 = FloatVector.fromArray(F, c, c6);
        FloatVector s61 = FloatVector.fromArray(F, c, c6 + LANES);
        FloatVector s70 = FloatVector.fromArray(F, c, c7);
        FloatVector s71 = FloatVector.fromArray(F, c, c7 + LANES);
        for (int k = 0; k < depth; k++) {
            int at = from + k * ROWS;
            FloatVector b0 = FloatVector.fromArray(F, b, bOffset + k * WIDTH);
            FloatVector b1 = FloatVector.fromArray(F, b, bOffset + k * WIDTH + LANES);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[at + 1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[at + 2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(F, a[at + 3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            x = FloatVector.broadcast(F, a[at + 4]);
            s40 = x.fma(b0, s40);
            s41 = x.fma(b1, s41);
            x = FloatVector.broadcast(F, a[at + 5]);
            s50 = x.fma(b0, s50);
            s51 = x.fma(b1, s51);
            x = FloatVector.broadcast(F, a[at + 6]);
            s60 = x.fma(b0, s60);
            s61 = x.fma(b1, s61);
            x = FloatVector.broadcast(F, a[at + 7]);
            s70 = x.fma(b0, s70);
            s71 = x.fma(b1, s71);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
        s40.intoArray(c, c4);
        s41.intoArray(c, c4 + LANES);
        s50.intoArray(c, c5);
        s51.intoArray(c, c5 + LANES);
        s60.intoArray(c, c6);
        s61.intoArray(c, c6 + LANES);
        s70.intoArray(c, c7);
        s71.intoArray(c, c7 + LANES);
    }

    private static void five(int depth, float[] a, int from, float[] b, int bOffset, float[] c, int c0, int stride) {
        int c1 = c0 + stride;
        int c2 = c1 + stride;
        int c3 = c2 + stride;
        int c4 = c3 + stride;
        FloatVector s00 = FloatVector.fromArray(F, c, c0);
        FloatVector s01 = FloatVector.fromArray(F, c, c0 + LANES);
        FloatVector s10 = FloatVector.fromArray(F, c, c1);
        FloatVector s11 = FloatVector.fromArray(F, c, c1 + LANES);
        FloatVector s20 = FloatVector.fromArray(F, c, c2);
        FloatVector s21 = FloatVector.fromArray(F, c, c2 + LANES);
        FloatVector s30 = FloatVector.fromArray(F, c, c3);
        FloatVector s31 = FloatVector.fromArray(F, c, c3 + LANES);
        FloatVector s40 = FloatVector.fromArray(F, c, c4);
        FloatVector s41 = FloatVector.fromArray(F, c, c4 + LANES);
        for (int k = 0; k < depth; k++) {
            int at = from + k * ROWS;
            FloatVector b0 = FloatVector.fromArray(F, b, bOffset + k * WIDTH);
            FloatVector b1 = FloatVector.fromArray(F, b, bOffset + k * WIDTH + LANES);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[at + 1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[at + 2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(F, a[at + 3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            x = FloatVector.broadcast(F, a[at + 4]);
            s40 = x.fma(b0, s40);
            s41 = x.fma(b1, s41);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
        s40.intoArray(c, c4);
        s41.intoArray(c, c4 + LANES);
    }
}
