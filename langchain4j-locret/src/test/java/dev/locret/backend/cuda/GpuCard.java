package dev.locret.backend.cuda;

import java.util.List;

/**
 * A card, by its data sheet as remembered.
 *
 * @param operationsPerSecond of tensor cores: f16 with f32 sums, dense
 * @param bytesPerSecond of its memory
 */
record GpuCard(
        String name,
        String chip,
        int multiprocessors,
        double hertz,
        double operationsPerSecond,
        double bytesPerSecond) {
    static final List<GpuCard> ALL = List.of(
            new GpuCard("RTX 4090", "sm_89", 128, 2.52e9, 165e12, 1008e9),
            new GpuCard("L4", "sm_89", 58, 2.04e9, 121e12, 300e9),
            new GpuCard("A10", "sm_86", 72, 1.695e9, 125e12, 600e9),
            new GpuCard("A100 80 GB", "sm_80", 108, 1.41e9, 312e12, 2039e9),
            new GpuCard("H100 SXM", "sm_90", 132, 1.83e9, 989e12, 3350e9));

    /** Schedulers, each with its quarter of a multiprocessor's units, times their cycles in a second. */
    double schedulerCycles() {
        return 4 * multiprocessors * hertz;
    }

    /** Operations of a scheduler's tensor core in a cycle. */
    double tensorPerCycle() {
        return operationsPerSecond / schedulerCycles();
    }
}
