package dev.locret.backend.cpu.vector;

import dev.locret.backend.cpu.GroupHeader;
import dev.locret.backend.cpu.PanelFormat;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Unpacks packed panels. Methods are kept small: HotSpot stops inlining our own helpers in a method of more than about
 * forty vector operations, and a vector that crosses a call is boxed.
 */
final class PackedPanels {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    private static final int LANES = F.length();
    private static final int WIDTH = 2 * LANES;

    /** Sign, exponent and fraction of a half, three bits below the top. */
    static final int HALF_BITS = 0x8fffe000;
    /** From the exponent bias of a half, 15, to that of a float, 127. */
    static final float HALF_SCALE = 0x1p112f;

    private PackedPanels() {}

    static void unpack(PanelFormat format, int[] words, int offset, int groups, float[] out, float[][] header) {
        int step = format.groupWords() * WIDTH;
        for (int group = 0; group < groups; group++) {
            for (int lane = 0; lane < WIDTH; lane += LANES) {
                int from = offset + group * step + lane;
                int to = group * format.groupSize() * WIDTH + lane;
                switch (format) {
                    case BFLOAT16 -> unpackBfloat16(words, from, out, to);
                    case HALF -> unpackHalf(words, from, out, to);
                    case BITS8 -> unpackBytes(words, from, out, to);
                    case BITS4 -> unpackNibbles(words, from, out, to, header);
                    default -> unpackQuants(format, words, from, out, to, header);
                }
            }
        }
    }

    private static void unpackBfloat16(int[] words, int from, float[] out, int to) {
        IntVector pair = IntVector.fromArray(I, words, from);
        pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(out, to);
        pair.and(0xffff0000).reinterpretAsFloats().intoArray(out, to + WIDTH);
    }

    private static void unpackHalf(int[] words, int from, float[] out, int to) {
        IntVector pair = IntVector.fromArray(I, words, from);
        half(pair.lanewise(VectorOperators.LSHL, 16)).intoArray(out, to);
        half(pair).intoArray(out, to + WIDTH);
    }

    /**
     * Half precision in the upper 16 bits of each lane; finite, as the packer has checked. The sign stays where it is,
     * exponent and fraction move to their places, and the product corrects the exponent's bias, exactly.
     */
    private static FloatVector half(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 3)
                .and(HALF_BITS)
                .reinterpretAsFloats()
                .mul(HALF_SCALE);
    }

    private static FloatVector floats(IntVector ints) {
        return (FloatVector) ints.convertShape(VectorOperators.I2F, F, 0);
    }

    private static void unpackBytes(int[] words, int from, float[] out, int to) {
        FloatVector scale = half(IntVector.fromArray(I, words, from).lanewise(VectorOperators.LSHL, 16));
        for (int w = 0; w < 8; w++) {
            IntVector bytes = IntVector.fromArray(I, words, from + (1 + w) * WIDTH);
            for (int j = 0; j < 4; j++) {
                floats(bytes.lanewise(VectorOperators.LSHL, 24 - 8 * j).lanewise(VectorOperators.ASHR, 24))
                        .mul(scale)
                        .intoArray(out, to + (4 * w + j) * WIDTH);
            }
        }
    }

    private static void unpackNibbles(int[] words, int from, float[] out, int to, float[][] header) {
        IntVector both = IntVector.fromArray(I, words, from);
        half(both.lanewise(VectorOperators.LSHL, 16)).intoArray(header[0], 0);
        half(both).intoArray(header[1], 0);
        for (int w = 0; w < 4; w++) {
            unpackWord(words, from + (1 + w) * WIDTH, header, out, to + 8 * w * WIDTH);
        }
    }

    private static void unpackWord(int[] words, int from, float[][] header, float[] out, int to) {
        FloatVector scale = FloatVector.fromArray(F, header[0], 0);
        FloatVector minimum = FloatVector.fromArray(F, header[1], 0);
        IntVector nibbles = IntVector.fromArray(I, words, from);
        for (int j = 0; j < 8; j++) {
            floats(nibbles.and(15)).fma(scale, minimum).intoArray(out, to + j * WIDTH);
            nibbles = nibbles.lanewise(VectorOperators.LSHR, 4);
        }
    }

    private static void unpackQuants(PanelFormat format, int[] words, int from, float[] out, int to, float[][] header) {
        int lane = to % WIDTH;
        int nibbleAt = from + format.headerWords() * WIDTH;
        int highAt = nibbleAt + format.groupSize() / 8 * WIDTH;
        boolean two = format == PanelFormat.K6;
        boolean one = format == PanelFormat.K5 || format == PanelFormat.BITS5;
        for (int part = 0; part < format.groupSize() / 16; part++) {
            GroupHeader.read(format, words, from - lane, part, WIDTH, header[0], header[1]);
            FloatVector scale = FloatVector.fromArray(F, header[0], lane);
            FloatVector minimum = FloatVector.fromArray(F, header[1], lane);
            IntVector high = IntVector.zero(I);
            if (two || one) {
                high = IntVector.fromArray(I, words, highAt + (two ? part : part / 2) * WIDTH);
            }
            for (int k = 0; k < 16; k++) {
                IntVector nibbles = IntVector.fromArray(I, words, nibbleAt + (2 * part + k / 8) * WIDTH);
                IntVector quants =
                        nibbles.lanewise(VectorOperators.LSHR, 4 * (k & 7)).and(15);
                if (two) {
                    quants = quants.or(
                            high.lanewise(VectorOperators.LSHR, 2 * k).and(3).lanewise(VectorOperators.LSHL, 4));
                } else if (one) {
                    quants = quants.or(high.lanewise(VectorOperators.LSHR, k + 16 * (part & 1))
                            .and(1)
                            .lanewise(VectorOperators.LSHL, 4));
                }
                floats(quants).fma(scale, minimum).intoArray(out, to + (16 * part + k) * WIDTH);
            }
        }
    }
}
