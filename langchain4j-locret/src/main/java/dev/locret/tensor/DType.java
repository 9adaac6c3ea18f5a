package dev.locret.tensor;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;

/**
 * Element types of model files. Block types hold {@link #blockSize()} consecutive weights of a row in
 * {@link #blockBytes()} bytes, in the layout of ggml.
 */
public enum DType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    I32(1, 4),
    I64(1, 8),
    Q4_0(32, 18),
    Q4_1(32, 20),
    Q5_0(32, 22),
    Q5_1(32, 24),
    Q8_0(32, 34),
    Q4_K(256, 144),
    Q5_K(256, 176),
    Q6_K(256, 210);

    private final int blockSize;
    private final int blockBytes;

    DType(int blockSize, int blockBytes) {
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /** Weights in one block; 1 for plain types. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether the type can be the weight of a linear layer. */
    public boolean isFloating() {
        return this != I32 && this != I64;
    }

    /**
     * Bytes of {@code elements} consecutive elements.
     *
     * @throws LocretException if they do not fill whole blocks or the size exceeds 63 bits
     */
    public long bytes(long elements) {
        Checks.check(
                elements >= 0 && elements % blockSize == 0,
                ErrorId.FILE_DAMAGED,
                () -> "row does not fill whole blocks: elements=" + elements + ", block=" + blockSize + ", type="
                        + this);
        try {
            return Math.multiplyExact(elements / blockSize, (long) blockBytes);
        } catch (ArithmeticException e) {
            throw new LocretException(
                    ErrorId.FILE_DAMAGED, "size overflows 63 bits: elements=" + elements + ", type=" + this, e);
        }
    }
}
