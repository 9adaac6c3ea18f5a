package dev.locret.backend.cpu;

import dev.locret.tensor.DType;

/**
 * How a panel of a weight matrix lies in 32-bit words: groups along the inputs; in a group, word {@code w} of the
 * panel's outputs side by side, {@code [groupWords][width]}. Every word belongs to one output, so that a SIMD lane
 * unpacks its own weights with shifts and masks. Sizes are those of the file type, rounded up to whole words.
 *
 * <p>Quantised weights are unsigned integers {@code q} with {@code weight = q · scale + minimum}: nibbles of eight
 * consecutive inputs in a word, the lowest first; further bits in words of their own.
 */
public enum PanelFormat {
    /** F32: floats, kept in a float array. */
    FLOAT(1, 1),
    /** Two inputs a word, the lower half first. */
    BFLOAT16(2, 1),
    /** The same in IEEE half precision. */
    HALF(2, 1),
    /** Header word: scale (half). 8 words of four signed bytes. */
    BITS8(32, 9),
    /** Header word: scale and minimum (halves). 4 nibble words. */
    BITS4(32, 5),
    /** As BITS4, then one word of fifth bits. */
    BITS5(32, 6),
    /** Header: scale and minimum (halves), 8 bytes of scale factors, 8 of minimum factors. 32 nibble words. */
    K4(256, 37),
    /** As K4, then 8 words of fifth bits. */
    K5(256, 45),
    /** Header: scale (half), 16 signed bytes of scale factors. 32 nibble words, 16 words of bits five and six. */
    K6(256, 53);

    private final int groupSize;
    private final int groupWords;

    PanelFormat(int groupSize, int groupWords) {
        this.groupSize = groupSize;
        this.groupWords = groupWords;
    }

    /** Inputs of a group. */
    public int groupSize() {
        return groupSize;
    }

    /** Words of a group, for each output. */
    public int groupWords() {
        return groupWords;
    }

    /** Words of the header, before the nibbles. */
    public int headerWords() {
        return this == K4 || this == K5 || this == K6 ? 5 : 1;
    }

    /** Groups that hold {@code columns} inputs. */
    int groups(int columns) {
        return (columns + groupSize - 1) / groupSize;
    }

    static PanelFormat of(DType type) {
        return switch (type) {
            case F32 -> FLOAT;
            case BF16 -> BFLOAT16;
            case F16 -> HALF;
            case Q8_0 -> BITS8;
            case Q4_0, Q4_1 -> BITS4;
            case Q5_0, Q5_1 -> BITS5;
            case Q4_K -> K4;
            case Q5_K -> K5;
            case Q6_K -> K6;
            case I32, I64 -> throw new IllegalArgumentException("not a weight type: type=" + type);
        };
    }
}
