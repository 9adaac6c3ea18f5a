package dev.locret.backend.cpu;

import dev.locret.backend.RotaryTable;

/**
 * Rotary tables in both orders: by panel of cache positions for panels of keys (one key a lane), by position for single
 * rows.
 *
 * @param cosines {@code [panels][dimensions / 2][width]}: what a panel of keys needs lies together
 * @param rowCosines {@code [positions][dimensions / 2]}
 */
record CpuRotary(int dimensions, int positions, float[] cosines, float[] sines, float[] rowCosines, float[] rowSines)
        implements RotaryTable {

    static CpuRotary of(float[] cosines, float[] sines, int positions, int dimensions, int width) {
        return new CpuRotary(
                dimensions,
                positions,
                panels(cosines, positions, dimensions / 2, width),
                panels(sines, positions, dimensions / 2, width),
                cosines,
                sines);
    }

    private static float[] panels(float[] table, int positions, int half, int width) {
        float[] out = new float[(positions + width - 1) / width * half * width];
        for (int p = 0; p < positions; p++) {
            for (int j = 0; j < half; j++) {
                out[(p / width * half + j) * width + p % width] = table[p * half + j];
            }
        }
        return out;
    }

    /** Index in {@link #cosines} of the panel that begins with a position. */
    int panel(int position) {
        return position * (dimensions / 2);
    }

    /** Rotates one row {@code [headDim]} for a position and multiplies it by {@code factor}. */
    void rotateRow(float[] in, int from, int headDim, int position, float factor, float[] out, int to) {
        int half = dimensions / 2;
        int at = position * half;
        for (int j = 0; j < half; j++) {
            float x = in[from + j];
            float y = in[from + half + j];
            float cosine = rowCosines[at + j];
            float sine = rowSines[at + j];
            out[to + j] = Math.fma(x, cosine, -(y * sine)) * factor;
            out[to + half + j] = Math.fma(y, cosine, x * sine) * factor;
        }
        for (int j = dimensions; j < headDim; j++) {
            out[to + j] = in[from + j] * factor;
        }
    }

    /** Rotates one key of a panel {@code [headDim][width]} for a position. */
    void rotateLane(float[] in, int from, int headDim, int width, int position, float[] out, int to) {
        int half = dimensions / 2;
        int at = position * half;
        for (int j = 0; j < half; j++) {
            float x = in[from + j * width];
            float y = in[from + (half + j) * width];
            float cosine = rowCosines[at + j];
            float sine = rowSines[at + j];
            out[to + j * width] = Math.fma(x, cosine, -(y * sine));
            out[to + (half + j) * width] = Math.fma(y, cosine, x * sine);
        }
        for (int j = dimensions; j < headDim; j++) {
            out[to + j * width] = in[from + j * width];
        }
    }
}
