package dev.locret.backend.cpu;

import java.util.Arrays;

/**
 * One row times packed panels in plain loops: {@code scale · Σ q·x + minimum · Σ x} for each group. HotSpot vectorises
 * integers wherever they do not turn to floats, so a group's inputs become integers of their own scale, as many bits as
 * the sum leaves room for.
 */
final class FallbackDot {
    private static final int GROUP = 32;
    /** Panels at a time. */
    private static final int TOGETHER = 2;

    /** 32 products with quants up to 15, or down to -128, stay below 2^31. */
    private static final int LARGEST_WITH_NIBBLES = 1 << 22;

    private static final int LARGEST_WITH_BYTES = (1 << 19) - 1;

    /** Exponent and mantissa of a half, shifted to those of a float, are too small by 2^112. */
    private static final float HALF_BIAS = 0x1p112f;

    private final int width;
    private final int[] words;
    private final int[] products;
    private final int[] scale;
    private final int[] minimum;
    private final int[] inputs = new int[GROUP];

    FallbackDot(int width) {
        this.width = width;
        this.words = new int[TOGETHER * width];
        this.products = new int[TOGETHER * width];
        this.scale = new int[TOGETHER * width];
        this.minimum = new int[TOGETHER * width];
    }

    /** Whether the format is handled here. */
    static boolean handles(PanelFormat format) {
        return format == PanelFormat.BITS4 || format == PanelFormat.BITS8;
    }

    /**
     * Adds the product with panels that follow each other.
     *
     * @param c {@code [panels · width]} from {@code to}
     */
    void add(
            PanelFormat format,
            int[] packed,
            int offset,
            int panels,
            int panelWords,
            int groups,
            float[] a,
            int aOffset,
            float[] c,
            int to) {
        boolean nibbles = format == PanelFormat.BITS4;
        for (int group = 0; group < groups; group++) {
            int x = aOffset + group * GROUP;
            float unit = toIntegers(a, x, nibbles ? LARGEST_WITH_NIBBLES : LARGEST_WITH_BYTES);
            float sum = nibbles ? sum(a, x) : 0;
            for (int panel = 0; panel < panels; panel += TOGETHER) {
                int count = Math.min(TOGETHER, panels - panel);
                int at = offset + panel * panelWords + group * format.groupWords() * width;
                int lanes = count * width;
                load(packed, at, panelWords, count);
                halves(lanes, words, scale, minimum);
                Arrays.fill(products, 0, lanes, 0);
                for (int word = 1; word < format.groupWords(); word++) {
                    load(packed, at + word * width, panelWords, count);
                    if (nibbles) {
                        addNibbles(lanes, words, inputs, 8 * word - 8, products);
                    } else {
                        addBytes(lanes, words, inputs, 4 * word - 4, products);
                    }
                }
                finish(lanes, products, scale, minimum, unit, sum, c, to + panel * width);
            }
        }
    }

    /** Loops over two panels' lanes take little longer than over one's. */
    private void load(int[] packed, int at, int panelWords, int count) {
        for (int panel = 0; panel < count; panel++) {
            System.arraycopy(packed, at + panel * panelWords, words, panel * width, width);
        }
    }

    /** Leaves a group's inputs in {@link #inputs}; returns what 1 stands for, NaN if an input is not finite. */
    private float toIntegers(float[] a, int x, int largest) {
        float max = 0;
        for (int k = 0; k < GROUP; k++) {
            max = Math.max(max, Math.abs(a[x + k]));
        }
        float perUnit = largest / max;
        if (!(perUnit < Float.POSITIVE_INFINITY) || perUnit == 0) {
            // A group of zeros, or of denormal floats, which count as zeros.
            Arrays.fill(inputs, 0);
            return max < Float.MIN_NORMAL ? 0 : Float.NaN;
        }
        for (int k = 0; k < GROUP; k++) {
            inputs[k] = Float.floatToRawIntBits(Math.fma(a[x + k], perUnit, ExpApproximation.ROUND))
                    - Float.floatToRawIntBits(ExpApproximation.ROUND);
        }
        return max / largest;
    }

    private static float sum(float[] a, int x) {
        float sum = 0;
        for (int k = 0; k < GROUP; k++) {
            sum += a[x + k];
        }
        return sum;
    }

    /** The halves of a header as floats' bits, too small by 2^112 unless infinite or NaN. */
    private static void halves(int lanes, int[] header, int[] low, int[] high) {
        for (int lane = 0; lane < lanes; lane++) {
            int a = (header[lane] & 0x7fff) << 13;
            int b = (header[lane] >>> 16 & 0x7fff) << 13;
            low[lane] = a | (header[lane] & 0x8000) << 16 | ((a + 0x800000) >>> 28) * 0x70000000;
            high[lane] = b | header[lane] & 0x80000000 | ((b + 0x800000) >>> 28) * 0x70000000;
        }
    }

    private static void addNibbles(int lanes, int[] words, int[] x, int at, int[] products) {
        int x0 = x[at];
        int x1 = x[at + 1];
        int x2 = x[at + 2];
        int x3 = x[at + 3];
        int x4 = x[at + 4];
        int x5 = x[at + 5];
        int x6 = x[at + 6];
        int x7 = x[at + 7];
        for (int lane = 0; lane < lanes; lane++) {
            int q = words[lane];
            int low = (q & 15) * x0 + (q >>> 4 & 15) * x1 + (q >>> 8 & 15) * x2 + (q >>> 12 & 15) * x3;
            int high = (q >>> 16 & 15) * x4 + (q >>> 20 & 15) * x5 + (q >>> 24 & 15) * x6 + (q >>> 28) * x7;
            products[lane] += low + high;
        }
    }

    private static void addBytes(int lanes, int[] words, int[] x, int at, int[] products) {
        int x0 = x[at];
        int x1 = x[at + 1];
        int x2 = x[at + 2];
        int x3 = x[at + 3];
        for (int lane = 0; lane < lanes; lane++) {
            int q = words[lane];
            products[lane] += (q << 24 >> 24) * x0 + (q << 16 >> 24) * x1 + (q << 8 >> 24) * x2 + (q >> 24) * x3;
        }
    }

    private static void finish(
            int lanes, int[] products, int[] scale, int[] minimum, float unit, float sum, float[] c, int to) {
        for (int lane = 0; lane < lanes; lane++) {
            float s = Float.intBitsToFloat(scale[lane]) * HALF_BIAS;
            float m = Float.intBitsToFloat(minimum[lane]) * HALF_BIAS;
            c[to + lane] += products[lane] * (s * unit) + m * sum;
        }
    }
}
