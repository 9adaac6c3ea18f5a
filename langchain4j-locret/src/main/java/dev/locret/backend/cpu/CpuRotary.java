package dev.locret.backend.cpu;

import dev.locret.backend.RotaryTable;

/**
 * Rotary tables in both orders: by dimension for panels of keys (one key a lane), by position for rows of queries.
 *
 * @param cosines {@code [dimensions / 2][stride]}
 * @param rowCosines {@code [positions][dimensions / 2]}
 */
record CpuRotary(
        int dimensions, int positions, int stride, float[] cosines, float[] sines, float[] rowCosines, float[] rowSines)
        implements RotaryTable {

    static CpuRotary of(float[] cosines, float[] sines, int positions, int dimensions, int width) {
        // A panel at the end reads a whole panel's lanes: room for them.
        int stride = positions + width;
        return new CpuRotary(
                dimensions,
                positions,
                stride,
                transpose(cosines, positions, dimensions / 2, stride),
                transpose(sines, positions, dimensions / 2, stride),
                cosines,
                sines);
    }

    private static float[] transpose(float[] table, int positions, int half, int stride) {
        float[] out = new float[half * stride];
        for (int p = 0; p < positions; p++) {
            for (int j = 0; j < half; j++) {
                out[j * stride + p] = table[p * half + j];
            }
        }
        return out;
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
}
