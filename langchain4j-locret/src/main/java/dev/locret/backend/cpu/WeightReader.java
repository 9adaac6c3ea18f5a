package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/** Reads single rows of a packed weight as floats: for embeddings and small vectors. */
final class WeightReader {
    private final CpuWeight weight;
    private final float[] scale;
    private final float[] minimum;

    WeightReader(CpuWeight weight) {
        this.weight = weight;
        this.scale = new float[weight.width()];
        this.minimum = new float[weight.width()];
    }

    /** Writes row {@code row} to {@code out[at .. at + columns)}. */
    void row(int row, float[] out, int at) {
        int width = weight.width();
        int lane = row % width;
        int panel = row / width * weight.panelWords();
        PanelFormat format = weight.format();
        for (int column = 0; column < weight.columns(); column++) {
            int k = column % format.groupSize();
            int group = panel + column / format.groupSize() * format.groupWords() * width;
            out[at + column] = switch (format) {
                case FLOAT -> weight.floats()[group + lane];
                case BFLOAT16 -> Float.intBitsToFloat(half(group + lane, k) << 16);
                case HALF -> HalfFloat.fromF16((short) (half(group + lane, k)));
                default -> quantised(format, group, lane, k);
            };
        }
    }

    private int half(int at, int k) {
        return weight.words()[at] >>> 16 * k & 0xffff;
    }

    private float quantised(PanelFormat format, int group, int lane, int k) {
        int width = weight.width();
        int[] words = weight.words();
        if (k % 16 == 0) {
            GroupHeader.read(format, words, group, k / 16, width, scale, minimum);
        }
        int body = group + format.headerWords() * width + lane;
        if (format == PanelFormat.BITS8) {
            return (byte) (words[body + k / 4 * width] >> 8 * (k & 3)) * scale[lane];
        }
        int quant = words[body + k / 8 * width] >>> 4 * (k & 7) & 15;
        int high = body + format.groupSize() / 8 * width;
        quant |= switch (format) {
            case BITS5, K5 -> (words[high + k / 32 * width] >>> (k & 31) & 1) << 4;
            case K6 -> (words[high + k / 16 * width] >>> 2 * (k & 15) & 3) << 4;
            default -> 0;
        };
        return Math.fma(quant, scale[lane], minimum[lane]);
    }
}
