package dev.locret.backend.cpu;

import static dev.locret.backend.cpu.FallbackLoops.TOGETHER;

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
        final float[][] panel = FallbackLoops.rows(BLOCK, WIDTH);
        final float[][] sums = FallbackLoops.rows(TOGETHER, WIDTH);
        final FallbackTile tile = new FallbackTile(WIDTH);
        final float[] unpacked = new float[WIDTH];
        final float[] scale = new float[WIDTH];
        final float[] minimum = new float[WIDTH];
        final FallbackExp exp = new FallbackExp();
        final float[] block = new float[FallbackExp.BLOCK];
        final float[] gate = new float[FallbackExp.BLOCK];
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
            for (; row + TOGETHER <= rows; row += TOGETHER) {
                multiplyRows(
                        count, a, aOffset + row * aStride + begin, aStride, c, cOffset + row * cStride, cStride, add);
            }
            for (; row < rows; row++) {
                int to = cOffset + row * cStride;
                load(c, to, s.sums[0], add);
                for (int i = 0; i < count; i++) {
                    FallbackLoops.addOne(WIDTH, s.panel[i], a[aOffset + row * aStride + begin + i], s.sums[0]);
                }
                System.arraycopy(s.sums[0], 0, c, to, WIDTH);
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

    /** Four rows share what is read of the panel. */
    private void multiplyRows(
            int depth, float[] a, int at, int aStride, float[] c, int to, int cStride, boolean accumulate) {
        Scratch s = scratch.get();
        for (int r = 0; r < TOGETHER; r++) {
            load(c, to + r * cStride, s.sums[r], accumulate);
        }
        int i = 0;
        for (; i + 2 <= depth; i += 2) {
            FallbackLoops.addTwo(
                    WIDTH,
                    s.panel[i],
                    s.panel[i + 1],
                    a,
                    at + i,
                    aStride,
                    1,
                    s.sums[0],
                    s.sums[1],
                    s.sums[2],
                    s.sums[3]);
        }
        for (; i < depth; i++) {
            for (int r = 0; r < TOGETHER; r++) {
                FallbackLoops.addOne(WIDTH, s.panel[i], a[at + r * aStride + i], s.sums[r]);
            }
        }
        for (int r = 0; r < TOGETHER; r++) {
            System.arraycopy(s.sums[r], 0, c, to + r * cStride, WIDTH);
        }
    }

    @Override
    public int inputRows() {
        return FallbackTile.ROWS;
    }

    @Override
    public int packedRows(int rows) {
        int rest = rows % FallbackTile.ROWS;
        return rest < FallbackTile.LEAST ? rows - rest : rows;
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
        FallbackTile tile = scratch.get().tile;
        for (int row = 0; row < rows; row += FallbackTile.ROWS) {
            int count = Math.min(FallbackTile.ROWS, rows - row);
            int from = offset + row / FallbackTile.ROWS * groupStride;
            tile.multiply(count, depth, inputs, from, b, bOffset, c, cOffset + row * cStride, cStride, accumulate);
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
            System.arraycopy(s.unpacked, 0, out, to + k * WIDTH, WIDTH);
        }
    }

    private static void unpackRow(int[] words, int at, int shift, Scratch s) {
        float[] out = s.unpacked;
        float[] scale = s.scale;
        float[] minimum = s.minimum;
        for (int lane = 0; lane < WIDTH; lane++) {
            out[lane] = Math.fma(words[at + lane] >>> shift & 15, scale[lane], minimum[lane]);
        }
    }

    private static void unpackRow(int[] words, int at, int shift, int highAt, int highShift, int highMask, Scratch s) {
        float[] out = s.unpacked;
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
        scratch.get().dot.add(format, words, offset, panels, panelWords, groups, a, aOffset, c, cOffset);
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
        Scratch s = scratch.get();
        float even = 0;
        float odd = 0;
        for (int begin = 0; begin < n; begin += FallbackExp.BLOCK) {
            int count = Math.min(FallbackExp.BLOCK, n - begin);
            float[] block = s.block;
            for (int i = 0; i < count; i++) {
                block[i] = x[offset + begin + i] - shift;
            }
            s.exp.run(block, count);
            System.arraycopy(block, 0, x, offset + begin, count);
            int i = 0;
            for (; i + 2 <= count; i += 2) {
                even += block[i];
                odd += block[i + 1];
            }
            even += i < count ? block[i] : 0;
        }
        return even + odd;
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
        Scratch s = scratch.get();
        for (int begin = 0; begin < n; begin += FallbackExp.BLOCK) {
            int count = Math.min(FallbackExp.BLOCK, n - begin);
            float[] g = s.gate;
            System.arraycopy(gate, gateOffset + begin, g, 0, count);
            silu(g, s.block, s.exp, count);
            if (up != null) {
                System.arraycopy(up, upOffset + begin, s.block, 0, count);
                multiply(g, s.block, count);
            }
            System.arraycopy(g, 0, out, outOffset + begin, count);
        }
    }

    private static void silu(float[] gate, float[] exponentials, FallbackExp exp, int n) {
        for (int i = 0; i < n; i++) {
            exponentials[i] = -gate[i];
        }
        exp.run(exponentials, n);
        for (int i = 0; i < n; i++) {
            gate[i] = gate[i] / (1 + exponentials[i]);
        }
    }

    private static void multiply(float[] x, float[] factor, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= factor[i];
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
