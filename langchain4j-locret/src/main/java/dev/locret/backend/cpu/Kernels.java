package dev.locret.backend.cpu;

import dev.locret.backend.KeyMixing;

/**
 * Inner loops of the CPU backend, in one implementation over {@code jdk.incubator.vector} and one in plain loops.
 *
 * <p>A <em>panel</em> is {@code [depth][width]}: {@code width} outputs side by side, so that one output is one SIMD lane
 * and no loop reduces across lanes. Each operation takes its sums in one order, whatever the number of rows: the result
 * for a row does not depend on the rows beside it.
 */
public interface Kernels {
    /** Name for logs. */
    String name();

    /** Outputs of a panel. */
    int width();

    /**
     * {@code c[r][0..width) = (c[r] if accumulate) + a[r][0..depth) · b}, summed over the depth in ascending order with
     * fused multiply-add.
     *
     * @param b panel {@code [depth][width]} from {@code bOffset}
     */
    void multiply(
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
            boolean accumulate);

    /**
     * Rows whose inputs {@link #multiplyInputs} wants side by side, or 0 if {@link #multiply} is as fast on rows as they
     * lie.
     */
    default int inputRows() {
        return 0;
    }

    /** How many of so many rows {@link #multiplyInputs} takes; the rest is left to {@link #multiply}. */
    default int packedRows(int rows) {
        return 0;
    }

    /**
     * As {@link #multiply}, for as many rows as {@link #packedRows} says.
     *
     * @param inputs {@code [groups][depth][inputRows()]} from {@code offset}; the last group may have fewer rows
     * @param groupStride elements from one group of rows to the next
     */
    default void multiplyInputs(
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
        throw new UnsupportedOperationException(name() + " kernels take rows as they lie");
    }

    /**
     * Unpacks {@code groups} groups of a packed panel to floats {@code [groups · format.groupSize()][width]}.
     *
     * @param words packed panel, see {@link PanelFormat}
     * @param offset first word of the first group
     */
    void unpack(PanelFormat format, int[] words, int offset, int groups, float[] out);

    /**
     * Unpacks values of a packed cache to panels of dimensions {@code [ceil(headDim / width)][rows of a panel][width]}.
     *
     * @param words {@code [rows][rowWords]} from {@code offset}, see {@link PackedValues}
     * @param panelStride elements from one panel to the next
     */
    default void unpackValues(
            PanelFormat format,
            int[] words,
            int offset,
            int rowWords,
            int rows,
            int headDim,
            float[] out,
            int panelStride) {
        for (int row = 0; row < rows; row++) {
            int at = offset + row * rowWords;
            PackedValues.unpack(format, words, at, 0, headDim, out, row * width(), width(), panelStride);
        }
    }

    /**
     * Undoes what {@link dev.locret.backend.KeyMixing} does, for the keys of one panel; sums in its order.
     *
     * @param keys {@code [headDim][width]}
     * @param headDim a multiple of its block
     */
    default void unmixKeys(float[] keys, int headDim) {
        int width = width();
        for (int half = 1; half < KeyMixing.BLOCK; half *= 2) {
            for (int j = 0; j < headDim; j++) {
                int low = j * width;
                int high = (j + half) * width;
                for (int lane = 0; (j & half) == 0 && lane < width; lane++) {
                    float a = keys[low + lane];
                    float b = keys[high + lane];
                    keys[low + lane] = a + b;
                    keys[high + lane] = a - b;
                }
            }
        }
    }

    /**
     * Product of one row with packed panels that follow each other. Sums may be taken group by group, in another order
     * than {@link #multiply} takes them.
     *
     * @param panels number of panels
     * @param panelWords words from one panel to the next
     * @param groups groups of a panel
     * @param c {@code [panels · width]} from {@code cOffset}; added to
     * @param scratch at least {@code 256 · width} and {@code 5 · width + groups} floats
     */
    default void multiplyPacked(
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
        int size = format.groupSize();
        int atOnce = 256 / size;
        for (int panel = 0; panel < panels; panel++) {
            int at = cOffset + panel * width();
            for (int group = 0; group < groups; group += atOnce) {
                int count = Math.min(atOnce, groups - group);
                int from = offset + panel * panelWords + group * format.groupWords() * width();
                unpack(format, words, from, count, scratch);
                multiply(1, count * size, a, aOffset + group * size, 0, scratch, 0, c, at, 0, true);
            }
        }
    }

    /**
     * Rotates the keys of one panel: dimension {@code j} with {@code j + dimensions / 2}.
     *
     * @param keys {@code [headDim][width]} from {@code offset}: one key a lane
     * @param cosines {@code [dimensions / 2][width]} from {@code tableOffset}
     */
    void rotate(
            float[] keys,
            int offset,
            int headDim,
            int dimensions,
            float[] cosines,
            float[] sines,
            int tableOffset,
            float[] out,
            int outOffset);

    /** Largest of {@code n} floats. */
    float max(float[] x, int offset, int n);

    /** {@code x = exp(x - shift)} in place; returns the sum. */
    float exp(float[] x, int offset, int n, float shift);

    /** {@code x *= factor}. */
    void scale(float[] x, int offset, int n, float factor);

    /** Sum of squares. */
    float sumOfSquares(float[] x, int offset, int n);

    /** {@code out = x · factor · weight}. */
    void scaleBy(float[] x, int offset, float factor, float[] weight, int n, float[] out, int outOffset);

    /** {@code out = silu(gate) · up}; {@code up} null stands for ones. */
    void siluTimes(float[] gate, int gateOffset, float[] up, int upOffset, int n, float[] out, int outOffset);

    /** {@code gradient = gradient · silu'(x)} in place. */
    void siluGradient(float[] x, int offset, int n, float[] gradient, int gradientOffset);
}
