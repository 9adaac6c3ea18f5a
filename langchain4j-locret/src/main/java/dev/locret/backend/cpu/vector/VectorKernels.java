package dev.locret.backend.cpu.vector;

import dev.locret.backend.KeyMixing;
import dev.locret.backend.cpu.ExpApproximation;
import dev.locret.backend.cpu.Kernels;
import dev.locret.backend.cpu.PanelFormat;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels over {@code jdk.incubator.vector}; only what exists unchanged in JDK 17 to 25 is used. A panel is two vectors
 * wide.
 */
public final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final int LANES = F.length();
    private static final int WIDTH = 2 * LANES;

    private final ThreadLocal<float[][]> headers = ThreadLocal.withInitial(() -> new float[2][WIDTH]);

    @Override
    public String name() {
        return "vector-" + F.vectorBitSize();
    }

    @Override
    public int width() {
        return WIDTH;
    }

    // Four rows by two vectors: eight sums, two inputs and one broadcast. Five or six rows would be nearer to the peak,
    // but whether HotSpot then keeps the sums in AVX2's 16 registers depends on its version and on the garbage
    // collector, at half the speed where it does not; four rows fit on JDK 17 and 25 with each collector.
    @Override
    public void multiply(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            boolean accumulate) {
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            four(
                    depth,
                    a,
                    aOffset + row * aStride,
                    aStride,
                    b,
                    bOffset,
                    c,
                    cOffset + row * cStride,
                    cStride,
                    accumulate);
        }
        for (; row + 3 <= rows; row += 3) {
            three(
                    depth,
                    a,
                    aOffset + row * aStride,
                    aStride,
                    b,
                    bOffset,
                    c,
                    cOffset + row * cStride,
                    cStride,
                    accumulate);
        }
        for (; row < rows; row++) {
            one(depth, a, aOffset + row * aStride, b, bOffset, c, cOffset + row * cStride, accumulate);
        }
    }

    @Override
    public int inputRows() {
        return InputTile.ROWS;
    }

    @Override
    public int packedRows(int rows) {
        return rows / InputTile.ROWS * InputTile.ROWS;
    }

    @Override
    public void multiplyInputs(
            int rows,
            int depth,
            float[] inputs,
            int offset,
            int groupStride,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            boolean accumulate) {
        for (int group = 0; group < rows / InputTile.ROWS; group++) {
            int to = cOffset + group * InputTile.ROWS * cStride;
            for (int row = 0; row < InputTile.ROWS && !accumulate; row++) {
                Arrays.fill(c, to + row * cStride, to + row * cStride + WIDTH, 0f);
            }
            InputTile.add(depth, inputs, offset + group * groupStride, b, bOffset, c, to, cStride);
        }
    }

    private static FloatVector start(float[] c, int at, boolean accumulate) {
        return accumulate ? FloatVector.fromArray(F, c, at) : FloatVector.zero(F);
    }

    private static void four(
            int depth,
            float[] a,
            int a0,
            int aStride,
            float[] b,
            int bOffset,
            float[] c,
            int c0,
            int cStride,
            boolean accumulate) {
        int a1 = a0 + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        FloatVector s00 = start(c, c0, accumulate);
        FloatVector s01 = start(c, c0 + LANES, accumulate);
        FloatVector s10 = start(c, c1, accumulate);
        FloatVector s11 = start(c, c1 + LANES, accumulate);
        FloatVector s20 = start(c, c2, accumulate);
        FloatVector s21 = start(c, c2 + LANES, accumulate);
        FloatVector s30 = start(c, c3, accumulate);
        FloatVector s31 = start(c, c3 + LANES, accumulate);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bOffset + k * WIDTH);
            FloatVector b1 = FloatVector.fromArray(F, b, bOffset + k * WIDTH + LANES);
            FloatVector x = FloatVector.broadcast(F, a[a0 + k]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[a1 + k]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[a2 + k]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(F, a[a3 + k]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
    }

    private static void three(
            int depth,
            float[] a,
            int a0,
            int aStride,
            float[] b,
            int bOffset,
            float[] c,
            int c0,
            int cStride,
            boolean accumulate) {
        int a1 = a0 + aStride;
        int a2 = a1 + aStride;
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        FloatVector s00 = start(c, c0, accumulate);
        FloatVector s01 = start(c, c0 + LANES, accumulate);
        FloatVector s10 = start(c, c1, accumulate);
        FloatVector s11 = start(c, c1 + LANES, accumulate);
        FloatVector s20 = start(c, c2, accumulate);
        FloatVector s21 = start(c, c2 + LANES, accumulate);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bOffset + k * WIDTH);
            FloatVector b1 = FloatVector.fromArray(F, b, bOffset + k * WIDTH + LANES);
            FloatVector x = FloatVector.broadcast(F, a[a0 + k]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[a1 + k]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[a2 + k]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
    }

    private static void one(
            int depth, float[] a, int a0, float[] b, int bOffset, float[] c, int c0, boolean accumulate) {
        FloatVector s0 = start(c, c0, accumulate);
        FloatVector s1 = start(c, c0 + LANES, accumulate);
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(F, a[a0 + k]);
            s0 = x.fma(FloatVector.fromArray(F, b, bOffset + k * WIDTH), s0);
            s1 = x.fma(FloatVector.fromArray(F, b, bOffset + k * WIDTH + LANES), s1);
        }
        s0.intoArray(c, c0);
        s1.intoArray(c, c0 + LANES);
    }

    @Override
    public void unpack(PanelFormat format, int[] words, int offset, int groups, float[] out) {
        PackedPanels.unpack(format, words, offset, groups, out, headers.get());
    }

    @Override
    public void unpackValues(
            PanelFormat format,
            int[] words,
            int offset,
            int rowWords,
            int rows,
            int headDim,
            float[] out,
            int panelStride) {
        CachedValues.unpack(format, words, offset, rowWords, rows, headDim, out, WIDTH, panelStride);
    }

    // Two stages at a time: half of the loads and stores.
    @Override
    public void unmixKeys(float[] keys, int headDim) {
        int half = 1;
        for (; 2 * half < KeyMixing.BLOCK; half *= 4) {
            for (int j = 0; j < headDim; j++) {
                for (int lane = 0; (j & 3 * half) == 0 && lane < WIDTH; lane += LANES) {
                    unmixFour(keys, j * WIDTH + lane, half * WIDTH);
                }
            }
        }
        for (int j = 0; j < headDim; j++) {
            for (int lane = 0; (j & half) == 0 && lane < WIDTH; lane += LANES) {
                int low = j * WIDTH + lane;
                FloatVector a = FloatVector.fromArray(F, keys, low);
                FloatVector b = FloatVector.fromArray(F, keys, low + half * WIDTH);
                a.add(b).intoArray(keys, low);
                a.sub(b).intoArray(keys, low + half * WIDTH);
            }
        }
    }

    private static void unmixFour(float[] keys, int at, int step) {
        FloatVector a = FloatVector.fromArray(F, keys, at);
        FloatVector b = FloatVector.fromArray(F, keys, at + step);
        FloatVector c = FloatVector.fromArray(F, keys, at + 2 * step);
        FloatVector d = FloatVector.fromArray(F, keys, at + 3 * step);
        FloatVector ab = a.add(b);
        FloatVector cd = c.add(d);
        FloatVector lower = a.sub(b);
        FloatVector upper = c.sub(d);
        ab.add(cd).intoArray(keys, at);
        lower.add(upper).intoArray(keys, at + step);
        ab.sub(cd).intoArray(keys, at + 2 * step);
        lower.sub(upper).intoArray(keys, at + 3 * step);
    }

    @Override
    public void multiplyPacked(
            PanelFormat format,
            int[] words,
            int offset,
            int panels,
            int panelWords,
            int groups,
            float[] a,
            int aOffset,
            float[] c,
            int cOffset,
            float[] scratch) {
        switch (format) {
            case BITS4, BITS8 -> {
                int size = format.groupSize();
                for (int group = 0; group < groups && format == PanelFormat.BITS4; group++) {
                    scratch[4 * WIDTH + group] = PackedDot.sum(a, aOffset + group * size, scratch, 4 * WIDTH + groups);
                }
                for (int panel = 0; panel < panels; panel += 2) {
                    int first = offset + panel * panelWords;
                    int second = panel + 1 < panels ? first + panelWords : first;
                    twoPanels(format, words, first, second, groups, a, aOffset, c, cOffset + panel * WIDTH, scratch);
                }
            }
            case BFLOAT16 -> {
                for (int panel = 0; panel < panels; panel += 2) {
                    int first = offset + panel * panelWords;
                    int second = panel + 1 < panels ? first + panelWords : first;
                    PackedDot.bfloat16(words, first, second, groups, a, aOffset, c, cOffset + panel * WIDTH);
                }
            }
            default ->
                Kernels.super.multiplyPacked(
                        format, words, offset, panels, panelWords, groups, a, aOffset, c, cOffset, scratch);
        }
    }

    private static void twoPanels(
            PanelFormat format,
            int[] words,
            int first,
            int second,
            int groups,
            float[] a,
            int aOffset,
            float[] c,
            int to,
            float[] scratch) {
        int step = format.groupWords() * WIDTH;
        for (int group = 0; group < groups; group++) {
            int x = aOffset + group * format.groupSize();
            int at = group * step;
            PackedDot.headers(words, first + at, second + at, scratch);
            if (format == PanelFormat.BITS4) {
                float sum = scratch[4 * WIDTH + group];
                PackedDot.nibbles(words, first + at, second + at, a, x, sum, scratch, c, to);
            } else {
                PackedDot.bytes(words, first + at, second + at, a, x, scratch, c, to);
            }
        }
    }

    @Override
    public void rotate(
            float[] keys,
            int offset,
            int headDim,
            int dimensions,
            float[] cosines,
            float[] sines,
            int tableOffset,
            float[] out,
            int outOffset) {
        int half = dimensions / 2;
        for (int j = 0; j < half; j++) {
            for (int lane = 0; lane < WIDTH; lane += LANES) {
                int low = j * WIDTH + lane;
                int high = (j + half) * WIDTH + lane;
                FloatVector x = FloatVector.fromArray(F, keys, offset + low);
                FloatVector y = FloatVector.fromArray(F, keys, offset + high);
                FloatVector cosine = FloatVector.fromArray(F, cosines, tableOffset + low);
                FloatVector sine = FloatVector.fromArray(F, sines, tableOffset + low);
                x.fma(cosine, y.mul(sine).neg()).intoArray(out, outOffset + low);
                y.fma(cosine, x.mul(sine)).intoArray(out, outOffset + high);
            }
        }
        System.arraycopy(
                keys, offset + dimensions * WIDTH, out, outOffset + dimensions * WIDTH, (headDim - dimensions) * WIDTH);
    }

    @Override
    public float max(float[] x, int offset, int n) {
        int i = 0;
        FloatVector best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (; i + LANES <= n; i += LANES) {
            best = best.max(FloatVector.fromArray(F, x, offset + i));
        }
        float max = best.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            max = Math.max(max, x[offset + i]);
        }
        return max;
    }

    private static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(ExpApproximation.MIN).min(ExpApproximation.MAX);
        FloatVector rounded = clamped.fma(
                FloatVector.broadcast(F, ExpApproximation.LOG2_E), FloatVector.broadcast(F, ExpApproximation.ROUND));
        FloatVector n = rounded.sub(ExpApproximation.ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(F, -ExpApproximation.LN2_HIGH), clamped);
        r = n.fma(FloatVector.broadcast(F, -ExpApproximation.LN2_LOW), r);
        FloatVector p =
                FloatVector.broadcast(F, ExpApproximation.C6).fma(r, FloatVector.broadcast(F, ExpApproximation.C5));
        p = p.fma(r, FloatVector.broadcast(F, ExpApproximation.C4));
        p = p.fma(r, FloatVector.broadcast(F, ExpApproximation.C3));
        p = p.fma(r, FloatVector.broadcast(F, ExpApproximation.C2));
        p = p.fma(r, FloatVector.broadcast(F, 1f));
        p = p.fma(r, FloatVector.broadcast(F, 1f));
        // The rounded sum holds n in its lowest bits, and the rest is shifted out; JDK 17 has no fast conversion to
        // int.
        FloatVector power = rounded.reinterpretAsInts()
                .add(127)
                .lanewise(VectorOperators.LSHL, 23)
                .reinterpretAsFloats();
        return p.mul(power);
    }

    @Override
    public float exp(float[] x, int offset, int n, float shift) {
        int i = 0;
        FloatVector sums = FloatVector.zero(F);
        for (; i + LANES <= n; i += LANES) {
            FloatVector e = exp(FloatVector.fromArray(F, x, offset + i).sub(shift));
            e.intoArray(x, offset + i);
            sums = sums.add(e);
        }
        float[] lanes = headers.get()[0];
        sums.intoArray(lanes, 0);
        float sum = LaneSum.of(lanes, 0);
        for (; i < n; i++) {
            x[offset + i] = ExpApproximation.exp(x[offset + i] - shift);
            sum += x[offset + i];
        }
        return sum;
    }

    @Override
    public void scale(float[] x, int offset, int n, float factor) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(F, x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        for (; i < n; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int n) {
        int i = 0;
        FloatVector sums = FloatVector.zero(F);
        for (; i + LANES <= n; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, offset + i);
            sums = v.fma(v, sums);
        }
        float[] lanes = headers.get()[0];
        sums.intoArray(lanes, 0);
        float sum = LaneSum.of(lanes, 0);
        for (; i < n; i++) {
            sum = Math.fma(x[offset + i], x[offset + i], sum);
        }
        return sum;
    }

    @Override
    public void scaleBy(float[] x, int offset, float factor, float[] weight, int n, float[] out, int outOffset) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector.fromArray(F, x, offset + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(F, weight, i))
                    .intoArray(out, outOffset + i);
        }
        for (; i < n; i++) {
            out[outOffset + i] = x[offset + i] * factor * weight[i];
        }
    }

    @Override
    public void siluTimes(float[] gate, int gateOffset, float[] up, int upOffset, int n, float[] out, int outOffset) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector g = FloatVector.fromArray(F, gate, gateOffset + i);
            FloatVector silu = g.div(exp(g.neg()).add(1f));
            if (up != null) {
                silu = silu.mul(FloatVector.fromArray(F, up, upOffset + i));
            }
            silu.intoArray(out, outOffset + i);
        }
        for (; i < n; i++) {
            float g = gate[gateOffset + i];
            float silu = g / (1 + ExpApproximation.exp(-g));
            out[outOffset + i] = up == null ? silu : silu * up[upOffset + i];
        }
    }

    @Override
    public void siluGradient(float[] x, int offset, int n, float[] gradient, int gradientOffset) {
        FloatVector one = FloatVector.broadcast(F, 1f);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector z = FloatVector.fromArray(F, x, offset + i);
            FloatVector sigmoid = one.div(exp(z.neg()).add(1f));
            sigmoid.mul(z.fma(one.sub(sigmoid), one))
                    .mul(FloatVector.fromArray(F, gradient, gradientOffset + i))
                    .intoArray(gradient, gradientOffset + i);
        }
        for (; i < n; i++) {
            float z = x[offset + i];
            float sigmoid = 1 / (1 + ExpApproximation.exp(-z));
            gradient[gradientOffset + i] *= sigmoid * Math.fma(z, 1 - sigmoid, 1);
        }
    }
}
