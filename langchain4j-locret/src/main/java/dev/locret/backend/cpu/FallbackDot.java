package dev.locret.backend.cpu;

import java.util.Arrays;

/**
 * One row times packed panels in plain loops, on the integers: {@code scale · Σ q·x + minimum · Σ x}. The loops over
 * lanes have no reduction; JDK 17 does not vectorise their conversion to float, later ones do.
 */
final class FallbackDot {
    private final int width;
    private final float[] products;
    private final float[] scale;
    private final float[] minimum;

    FallbackDot(int width) {
        this.width = width;
        this.products = new float[width];
        this.scale = new float[width];
        this.minimum = new float[width];
    }

    /** Whether the format is handled here. */
    static boolean handles(PanelFormat format) {
        return format == PanelFormat.BITS4 || format == PanelFormat.BITS8;
    }

    /** Adds the product with one panel to {@code c[to .. to + width)}. */
    void add(PanelFormat format, int[] words, int from, int groups, float[] a, int aOffset, float[] c, int to) {
        for (int group = 0; group < groups; group++) {
            int at = from + group * format.groupWords() * width;
            int x = aOffset + group * format.groupSize();
            GroupHeader.read(format, words, at, 0, width, scale, minimum);
            Arrays.fill(products, 0f);
            float sum = 0;
            for (int word = 1; word < format.groupWords(); word++) {
                if (format == PanelFormat.BITS4) {
                    addNibbles(words, at + word * width, a, x + 8 * word - 8);
                } else {
                    addBytes(words, at + word * width, a, x + 4 * word - 4);
                }
            }
            for (int k = 0; k < format.groupSize(); k++) {
                sum += a[x + k];
            }
            for (int lane = 0; lane < width; lane++) {
                c[to + lane] += products[lane] * scale[lane] + minimum[lane] * sum;
            }
        }
    }

    private void addNibbles(int[] words, int at, float[] a, int x) {
        float[] out = products;
        float x0 = a[x];
        float x1 = a[x + 1];
        float x2 = a[x + 2];
        float x3 = a[x + 3];
        float x4 = a[x + 4];
        float x5 = a[x + 5];
        float x6 = a[x + 6];
        float x7 = a[x + 7];
        for (int lane = 0; lane < out.length; lane++) {
            int q = words[at + lane];
            float low = (q & 15) * x0 + (q >>> 4 & 15) * x1 + (q >>> 8 & 15) * x2 + (q >>> 12 & 15) * x3;
            float high = (q >>> 16 & 15) * x4 + (q >>> 20 & 15) * x5 + (q >>> 24 & 15) * x6 + (q >>> 28) * x7;
            out[lane] += low + high;
        }
    }

    private void addBytes(int[] words, int at, float[] a, int x) {
        float[] out = products;
        float x0 = a[x];
        float x1 = a[x + 1];
        float x2 = a[x + 2];
        float x3 = a[x + 3];
        for (int lane = 0; lane < out.length; lane++) {
            int q = words[at + lane];
            out[lane] += (q << 24 >> 24) * x0 + (q << 16 >> 24) * x1 + (q << 8 >> 24) * x2 + (q >> 24) * x3;
        }
    }
}
