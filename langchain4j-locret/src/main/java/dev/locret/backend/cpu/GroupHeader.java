package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/** Scale and minimum of 16 consecutive inputs of a group, for each output of a panel. */
public final class GroupHeader {
    private GroupHeader() {}

    /**
     * @param words packed panel, the group's header at {@code offset}
     * @param part which 16 inputs of the group
     * @param scale {@code [width]}, written
     * @param minimum {@code [width]}, written
     */
    public static void read(
            PanelFormat format, int[] words, int offset, int part, int width, float[] scale, float[] minimum) {
        switch (format) {
            case BITS8 -> {
                for (int lane = 0; lane < width; lane++) {
                    scale[lane] = HalfFloat.fromF16((short) (words[offset + lane]));
                    minimum[lane] = 0;
                }
            }
            case BITS4, BITS5 -> {
                for (int lane = 0; lane < width; lane++) {
                    scale[lane] = HalfFloat.fromF16((short) (words[offset + lane]));
                    minimum[lane] = HalfFloat.fromF16((short) (words[offset + lane] >>> 16));
                }
            }
            case K4, K5 -> {
                int shift = 8 * (part / 2 & 3);
                int scales = offset + (1 + part / 8) * width;
                int minima = offset + (3 + part / 8) * width;
                for (int lane = 0; lane < width; lane++) {
                    scale[lane] =
                            HalfFloat.fromF16((short) (words[offset + lane])) * (words[scales + lane] >>> shift & 63);
                    minimum[lane] = -HalfFloat.fromF16((short) (words[offset + lane] >>> 16))
                            * (words[minima + lane] >>> shift & 63);
                }
            }
            case K6 -> {
                int shift = 8 * (part & 3);
                int scales = offset + (1 + part / 4) * width;
                for (int lane = 0; lane < width; lane++) {
                    scale[lane] =
                            HalfFloat.fromF16((short) (words[offset + lane])) * (byte) (words[scales + lane] >> shift);
                    minimum[lane] = -32 * scale[lane];
                }
            }
            default -> throw new IllegalArgumentException("format without header: " + format);
        }
    }
}
