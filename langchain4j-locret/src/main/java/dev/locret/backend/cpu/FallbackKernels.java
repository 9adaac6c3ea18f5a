package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;
import java.util.Arrays;

/**
 * Kernels in plain loops, written so that HotSpot's auto-vectoriser takes the innermost ones: loops over whole arrays
 * from index 0 with no reduction. Arrays of different offsets would count as possibly overlapping, so a panel is first
 * copied to rows that are arrays of their own.
 */
final class FallbackKernels implements Kernels {
    private static final int WIDTH = 64;
    /** Inputs copied at a time: 64 rows of 64 floats stay in a first-level cache of 32 KiB. */
    private static final int BLOCK = 64;

    private static final class Scratch {
        final float[][] panel = new float[BLOCK][WIDTH];
        final float[] sums = new float[WIDTH];
        final float[] nextSums = new float[WIDTH];
        final float[] scale = new float[WIDTH];
        final float[] minimum = new float[WIDTH];
        final FallbackDot dot = new FallbackDot(WIDTH);
    }

    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    @Override
    public String name() {
        return "fallback";
    }

    @Override
    public int width() {
        return WIDTH;
    }

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
        Scratch s = scratch.get();
        for (int begin = 0; begin < depth; begin += BLOCK) {
            int count = Math.min(BLOCK, depth - begin);
            for (int i = 0; i < count; i++) {
                System.arraycopy(b, bOffset + (begin + i) * WIDTH, s.panel[i], 0, WIDTH);
            }
            boolean add = accumulate || begin > 0;
            int row = 0;
            for (; row + 2 <= rows; row += 2) {
                int at = aOffset + row * aStride + begin;
                int to = cOffset + row * cStride;
                load(c, to, s.sums, add);
                load(c, to + cStride, s.nextSums, add);
                multiplyRows(count, a, at, at + aStride, s);
                System.arraycopy(s.sums, 0, c, to, WIDTH);
                System.arraycopy(s.nextSums, 0, c, to + cStride, WIDTH);
            }
            if (row < rows) {
                int to = cOffset + row * cStride;
                load(c, to, s.sums, add);
                for (int i = 0; i < count; i++) {
                    addOne(s.sums, s.panel[i], a[aOffset + row * aStride + begin + i]);
                }
                System.arraycopy(s.sums, 0, c, to, WIDTH);
            }
        }
    }

    private static void load(float[] c, int from, float[] sums, boolean accumulate) {
        if (accumulate) {
            System.arraycopy(c, from, sums, 0, WIDTH);
        } else {
            Arrays.fill(sums, 0f);
        }
    }

    /** Two rows share what is read of the panel. */
    private static void multiplyRows(int depth, float[] a, int at, int next, Scratch s) {
        int i = 0;
        for (; i + 4 <= depth; i += 4) {
            addFour(s.sums, s.nextSums, s.panel, i, a, at + i, next + i);
        }
        for (; i < depth; i++) {
            addOne(s.sums, s.panel[i], a[at + i]);
            addOne(s.nextSums, s.panel[i], a[next + i]);
        }
    }

    private static void addFour(float[] sums, float[] nextSums, float[][] panel, int i, float[] a, int at, int next) {
        float[] b0 = panel[i];
        float[] b1 = panel[i + 1];
        float[] b2 = panel[i + 2];
        float[] b3 = panel[i + 3];
        float x0 = a[at];
        float x1 = a[at + 1];
        float x2 = a[at + 2];
        float x3 = a[at + 3];
        float y0 = a[next];
        float y1 = a[next + 1];
        float y2 = a[next + 2];
        float y3 = a[next + 3];
        for (int j = 0; j < WIDTH; j++) {
            sums[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], sums[j]))));
            nextSums[j] =
                    Math.fma(y3, b3[j], Math.fma(y2, b2[j], Math.fma(y1, b1[j], Math.fma(y0, b0[j], nextSums[j]))));
        }
    }

    private static void addOne(float[] sums, float[] b, float a) {
        for (int j = 0; j < WIDTH; j++) {
            sums[j] = Math.fma(a, b[j], sums[j]);
        }
    }

    @Override
    public void unpack(PanelFormat format, int[] words, int offset, int groups, float[] out) {
        int step = format.groupWords() * WIDTH;
        for (int group = 0; group < groups; group++) {
            int from = offset + group * step;
            int to = group * format.groupSize() * WIDTH;
            switch (format) {
                case BFLOAT16 -> unpackBfloat16(words, from, out, to);
                case HALF -> unpackHalf(words, from, out, to);
                case BITS8 -> unpackBytes(words, from, out, to);
                default -> unpackQuants(format, words, from, out, to);
            }
        }
    }

    private static void unpackBfloat16(int[] words, int from, float[] out, int to) {
        for (int lane = 0; lane < WIDTH; lane++) {
            out[to + lane] = Float.intBitsToFloat(words[from + lane] << 16);
            out[to + WIDTH + lane] = Float.intBitsToFloat(words[from + lane] & 0xffff0000);
        }
    }

    private static void unpackHalf(int[] words, int from, float[] out, int to) {
        for (int lane = 0; lane < WIDTH; lane++) {
            out[to + lane] = HalfFloat.fromF16((short) (words[from + lane]));
            out[to + WIDTH + lane] = HalfFloat.fromF16((short) (words[from + lane] >>> 16));
        }
    }

    private void unpackBytes(int[] words, int from, float[] out, int to) {
        Scratch s = scratch.get();
        GroupHeader.read(PanelFormat.BITS8, words, from, 0, WIDTH, s.scale, s.minimum);
        for (int k = 0; k < 32; k++) {
            int at = from + (1 + k / 4) * WIDTH;
            int shift = 24 - 8 * (k & 3);
            for (int lane = 0; lane < WIDTH; lane++) {
                out[to + k * WIDTH + lane] = (words[at + lane] << shift >> 24) * s.scale[lane];
            }
        }
    }

    private void unpackQuants(PanelFormat format, int[] words, int from, float[] out, int to) {
        Scratch s = scratch.get();
        int nibbles = from + format.headerWords() * WIDTH;
        int high = nibbles + format.groupSize() / 8 * WIDTH;
        for (int k = 0; k < format.groupSize(); k++) {
            if (k % 16 == 0) {
                GroupHeader.read(format, words, from, k / 16, WIDTH, s.scale, s.minimum);
            }
            int at = nibbles + k / 8 * WIDTH;
            int shift = 4 * (k & 7);
            int highAt = high + (format == PanelFormat.K6 ? k / 16 : k / 32) * WIDTH;
            int highShift = format == PanelFormat.K6 ? 2 * (k & 15) : k & 31;
            int highMask =
                    switch (format) {
                        case K6 -> 3;
                        case K5, BITS5 -> 1;
                        default -> 0;
                    };
            if (highMask == 0) {
                unpackRow(words, at, shift, s);
            } else {
                unpackRow(words, at, shift, highAt, highShift, highMask, s);
            }
            System.arraycopy(s.sums, 0, out, to + k * WIDTH, WIDTH);
        }
    }

    private static void unpackRow(int[] words, int at, int shift, Scratch s) {
        float[] out = s.sums;
        float[] scale = s.scale;
        float[] minimum = s.minimum;
        for (int lane = 0; lane < WIDTH; lane++) {
            out[lane] = Math.fma(words[at + lane] >>> shift & 15, scale[lane], minimum[lane]);
        }
    }

    private static void unpackRow(int[] words, int at, int shift, int highAt, int highShift, int highMask, Scratch s) {
        float[] out = s.sums;
        float[] scale = s.scale;
        float[] minimum = s.minimum;
        for (int lane = 0; lane < WIDTH; lane++) {
            int quant = words[at + lane] >>> shift & 15 | (words[highAt + lane] >>> highShift & highMask) << 4;
            out[lane] = Math.fma(quant, scale[lane], minimum[lane]);
        }
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
            float[] out) {
        if (!FallbackDot.handles(format)) {
            Kernels.super.multiplyPacked(
                    format, words, offset, panels, panelWords, groups, a, aOffset, c, cOffset, out);
            return;
        }
        FallbackDot dot = scratch.get().dot;
        for (int panel = 0; panel < panels; panel++) {
            dot.add(format, words, offset + panel * panelWords, groups, a, aOffset, c, cOffset + panel * WIDTH);
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
            int low = j * WIDTH;
            int high = (j + half) * WIDTH;
            int at = tableOffset + j * WIDTH;
            for (int lane = 0; lane < WIDTH; lane++) {
                float x = keys[offset + low + lane];
                float y = keys[offset + high + lane];
                float cosine = cosines[at + lane];
                float sine = sines[at + lane];
                out[outOffset + low + lane] = Math.fma(x, cosine, -(y * sine));
                out[outOffset + high + lane] = Math.fma(y, cosine, x * sine);
            }
        }
        System.arraycopy(
                keys, offset + dimensions * WIDTH, out, outOffset + dimensions * WIDTH, (headDim - dimensions) * WIDTH);
    }

    @Override
    public float max(float[] x, int offset, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[offset + i]);
        }
        return max;
    }

    @Override
    public float exp(float[] x, int offset, int n, float shift) {
        for (int i = 0; i < n; i++) {
            x[offset + i] = ExpApproximation.exp(x[offset + i] - shift);
        }
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[offset + i];
        }
        return sum;
    }

    @Override
    public void scale(float[] x, int offset, int n, float factor) {
        for (int i = 0; i < n; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum = Math.fma(x[offset + i], x[offset + i], sum);
        }
        return sum;
    }

    @Override
    public void scaleBy(float[] x, int offset, float factor, float[] weight, int n, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[offset + i] * factor * weight[i];
        }
    }

    @Override
    public void siluTimes(float[] gate, int gateOffset, float[] up, int upOffset, int n, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            float g = gate[gateOffset + i];
            float silu = g / (1 + ExpApproximation.exp(-g));
            out[outOffset + i] = up == null ? silu : silu * up[upOffset + i];
        }
    }

    @Override
    public void siluGradient(float[] x, int offset, int n, float[] gradient, int gradientOffset) {
        for (int i = 0; i < n; i++) {
            float z = x[offset + i];
            float sigmoid = 1 / (1 + ExpApproximation.exp(-z));
            gradient[gradientOffset + i] *= sigmoid * Math.fma(z, 1 - sigmoid, 1);
        }
    }
}
