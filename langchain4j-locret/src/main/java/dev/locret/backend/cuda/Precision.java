package dev.locret.backend.cuda;

import dev.locret.common.Checks;

/** How products of large batches are computed; sums are f32 in both. */
enum Precision {
    /** Weights and activations as f16 or bf16, on tensor cores. */
    MIXED,
    /** Everything as f32: many times slower, for comparisons. */
    FULL;

    /** Property {@code mixed} or {@code full}. */
    static final String PROPERTY = "locret.cuda.precision";

    /** @param name as in the property, null for {@link #MIXED} */
    static Precision of(String name) {
        Checks.argument(
                name == null || name.equals("mixed") || name.equals("full"),
                () -> PROPERTY + " is unknown: " + PROPERTY + "=" + name + ", allowed=mixed, full");
        return "full".equals(name) ? FULL : MIXED;
    }

    /** Unpacked weights in a word of 32 bits. */
    int perWord() {
        return this == FULL ? 1 : 2;
    }
}
