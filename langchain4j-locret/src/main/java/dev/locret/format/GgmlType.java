package dev.locret.format;

import dev.locret.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Element types by the numbers that ggml gives them; those without a {@link DType} are known by name only. */
final class GgmlType {
    private static final String[] NAMES = {
        "F32",
        "F16",
        "Q4_0",
        "Q4_1",
        "Q4_2",
        "Q4_3",
        "Q5_0",
        "Q5_1",
        "Q8_0",
        "Q8_1",
        "Q2_K",
        "Q3_K",
        "Q4_K",
        "Q5_K",
        "Q6_K",
        "Q8_K",
        "IQ2_XXS",
        "IQ2_XS",
        "IQ3_XXS",
        "IQ1_S",
        "IQ4_NL",
        "IQ3_S",
        "IQ2_S",
        "IQ4_XS",
        "I8",
        "I16",
        "I32",
        "I64",
        "F64",
        "IQ1_M",
        "BF16",
        "Q4_0_4_4",
        "Q4_0_4_8",
        "Q4_0_8_8",
        "TQ1_0",
        "TQ2_0",
        "IQ4_NL_4_4",
        "IQ4_NL_4_8",
        "IQ4_NL_8_8",
        "MXFP4",
        "NVFP4"
    };
    private static final Map<String, DType> READABLE = new HashMap<>();

    static {
        for (DType type : DType.values()) {
            READABLE.put(type.name(), type);
        }
    }

    private GgmlType() {}

    /** ggml's own name, or {@code number 99} for one not known here. */
    static String name(long number) {
        return number < NAMES.length ? NAMES[(int) number] : "number " + number;
    }

    static Optional<DType> find(long number) {
        return Optional.ofNullable(READABLE.get(name(number)));
    }
}
