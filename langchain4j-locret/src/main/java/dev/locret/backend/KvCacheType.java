package dev.locret.backend;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How a cache holds keys and values. They are converted once, when they are appended; keys are held before rotary
 * embedding, so that an entry may change its place without being converted again.
 */
public enum KvCacheType {
    /** As they were computed. */
    F32(DType.F32),
    /** Half precision: half of the memory. */
    F16(DType.F16),
    /** 32 bytes and a scale (half) for each 32 dimensions: about a quarter of the memory. */
    Q8_0(DType.Q8_0),
    /**
     * 32 four-bit numbers and a scale for each 32 dimensions: about a sixth of the memory, and coarse; keys are mixed by
     * {@link KeyMixing} before.
     */
    Q4_0(DType.Q4_0);

    private final DType elements;

    KvCacheType(DType elements) {
        this.elements = elements;
    }

    /** The type of that name, in small letters. */
    public static KvCacheType of(String name) {
        for (KvCacheType type : values()) {
            if (type.toString().equals(name)) {
                return type;
            }
        }
        List<String> names = Arrays.stream(values()).map(Object::toString).toList();
        throw new LocretException(
                ErrorId.INVALID_ARGUMENT,
                "unknown kv-cache-type: kv-cache-type=" + name + ", allowed=" + String.join(", ", names));
    }

    /** Type of the same layout in model files. */
    public DType elements() {
        return elements;
    }

    /** Whether keys are mixed before they are rounded. */
    public boolean mixesKeys() {
        return this == Q4_0;
    }

    /** Bytes of a key or value in the layout of model files; a backend may pad it. */
    public long rowBytes(int headDim) {
        return elements.bytes(headDim);
    }

    /** Fails with {@code invalid-argument} unless heads of this dimension fill whole blocks. */
    public void requireHeadDim(int headDim) {
        Checks.argument(
                headDim % elements.blockSize() == 0,
                () -> "kv-cache-type=" + this + " needs a head dimension that is a multiple of " + elements.blockSize()
                        + ": head-dim=" + headDim);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
