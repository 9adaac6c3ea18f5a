package dev.locret.backend.cpu.vector;

import dev.locret.backend.cpu.PackedValues;
import dev.locret.backend.cpu.PanelFormat;
import dev.locret.tensor.HalfFloat;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Unpacks values of a packed cache. The same bits of eight words in a row are eight dimensions in a row, or one word
 * holds them: vectors of eight lanes fit every type, and wider ones would cross blocks.
 */
final class CachedValues {
    private static final VectorSpecies<Float> F =
            FloatVector.SPECIES_PREFERRED.length() >= 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final int LANES = F.length();
    private static final int SPREAD = 8;
    private static final int[] NIBBLES = {0, 4, 8, 12, 16, 20, 24, 28};

    private CachedValues() {}

    static void unpack(
            PanelFormat format,
            int[] words,
            int offset,
            int rowWords,
            int rows,
            int headDim,
            float[] out,
            int width,
            int panelStride) {
        int size = PackedValues.groupSize(format);
        int whole = headDim / size * size;
        for (int row = 0; row < rows; row++) {
            int at = offset + row * rowWords;
            int to = row * width;
            for (int j = 0; j < whole; j += SPREAD) {
                int group = at + j / size * PackedValues.groupWords(format);
                int target = to + j / width * panelStride + j % width;
                switch (format) {
                    case HALF -> halves(words, group, j % size / SPREAD, out, target);
                    case BITS8 -> bytes(words, group, j % size / SPREAD, out, target);
                    default -> nibbles(words, group, j % size / SPREAD, out, target);
                }
            }
            PackedValues.unpack(format, words, at, whole, headDim, out, to, width, panelStride);
        }
    }

    private static void halves(int[] words, int group, int part, float[] out, int to) {
        for (int lane = 0; lane < SPREAD; lane += LANES) {
            IntVector pair = IntVector.fromArray(I, words, group + lane);
            // The upper half of a lane, or the lower one moved there; PackedPanels says why this is exact.
            pair.lanewise(VectorOperators.LSHL, 16 - 16 * part)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(PackedPanels.HALF_BITS)
                    .reinterpretAsFloats()
                    .mul(PackedPanels.HALF_SCALE)
                    .intoArray(out, to + lane);
        }
    }

    private static void bytes(int[] words, int group, int part, float[] out, int to) {
        float scale = HalfFloat.fromF16((short) words[group]);
        for (int lane = 0; lane < SPREAD; lane += LANES) {
            IntVector quants = IntVector.fromArray(I, words, group + 1 + lane)
                    .lanewise(VectorOperators.LSHL, 24 - 8 * part)
                    .lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) quants.convertShape(VectorOperators.I2F, F, 0))
                    .mul(scale)
                    .intoArray(out, to + lane);
        }
    }

    private static void nibbles(int[] words, int group, int part, float[] out, int to) {
        float scale = HalfFloat.fromF16((short) words[group]);
        float minimum = HalfFloat.fromF16((short) (words[group] >>> 16));
        for (int lane = 0; lane < SPREAD; lane += LANES) {
            IntVector quants = IntVector.broadcast(I, words[group + 1 + part])
                    .lanewise(VectorOperators.LSHR, IntVector.fromArray(I, NIBBLES, lane))
                    .and(15);
            ((FloatVector) quants.convertShape(VectorOperators.I2F, F, 0))
                    .fma(FloatVector.broadcast(F, scale), FloatVector.broadcast(F, minimum))
                    .intoArray(out, to + lane);
        }
    }
}
