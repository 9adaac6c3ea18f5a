package dev.locret.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the kernels of this package have to do for a model at the paper's settings, counted from how they are written: an
 * f16 cache, BF16 weights that cuBLAS reads as they lie, activations as f32. Nothing is measured. A byte counts once for
 * each kernel that reads or writes it, as if no cache of the card held it between two kernels, and all that one kernel
 * reads twice as if it did.
 */
record WorkEstimate(
        String model,
        int layers,
        int hidden,
        int feedForward,
        int heads,
        int kvHeads,
        int dim,
        int vocabulary,
        int budget,
        int chunk,
        double paper) {
    static final int TEXT = 128 << 10;
    private static final int HEAD_WIDTH = 1024;

    /** The paper's table of speeds on one RTX 4090, at 128K tokens. */
    static final List<WorkEstimate> MODELS = List.of(
            new WorkEstimate("Llama-3.1-8B", 32, 4096, 14336, 32, 8, 128, 128_256, 16_384, 1024, 3209),
            new WorkEstimate("Phi-3-mini-128K", 32, 3072, 8192, 32, 32, 96, 32_064, 6000, 3072, 5081));

    /**
     * Work of one operation.
     *
     * @param tensor operations on tensor cores
     * @param bytes read and written
     */
    record Work(String operation, double tensor, double bytes) {
        double seconds(GpuCard card) {
            return seconds(card, 1, 1);
        }

        /** If tensor cores and memory reach those shares of their peaks. */
        double seconds(GpuCard card, double tensorShare, double memoryShare) {
            return Math.max(
                    tensor / (card.operationsPerSecond() * tensorShare), bytes / (card.bytesPerSecond() * memoryShare));
        }
    }

    private int qkv() {
        return (heads + 2 * kvHeads) * dim;
    }

    private double layerWeights() {
        return hidden * ((double) qkv() + heads * dim) + 3.0 * hidden * feedForward;
    }

    private double headWeights() {
        return (double) HEAD_WIDTH * (qkv() + kvHeads);
    }

    /** All layers' work on a chunk of so many tokens behind so many entries. */
    List<Work> chunk(double tokens, double before) {
        double entries = before + tokens;
        double inputs = 2.0 * hidden + heads * dim + feedForward;
        double outputs = qkv() + 2.0 * hidden + 2.0 * feedForward;
        List<Work> out = new ArrayList<>();
        // Inputs are packed once (4 and 2 bytes) and read (2); two of the outputs are added to (4 more).
        out.add(new Work(
                "linear layers",
                layers * 2 * tokens * layerWeights(),
                layers * (2 * layerWeights() + tokens * (8 * inputs + 4 * outputs + 8.0 * hidden))));
        out.add(new Work(
                "attention",
                layers * 4 * tokens * (before + (tokens + 1) / 2) * heads * dim,
                layers * (4 * entries * kvHeads * dim + 8 * tokens * heads * dim)));
        out.add(new Work(
                "appending and rotating keys", 0, layers * kvHeads * dim * (2 * 4 * entries + 2 * (4 + 2) * tokens)));
        out.add(new Work(
                "retaining heads",
                layers * 2 * tokens * headWeights(),
                layers * (2 * headWeights() + tokens * (8.0 * qkv() + (4 + 8 + 8) * HEAD_WIDTH + 8.0 * kvHeads))));
        out.add(new Work("norms and activations", 0, layers * tokens * (2 * 8.0 * hidden + 12.0 * feedForward)));
        // Ranks are made and read four times, what stays is moved out and back.
        double kept = Math.min(budget, entries);
        out.add(new Work(
                "eviction", 0, entries <= budget ? 0 : layers * kvHeads * (28 * entries + 4 * kept * (4.0 * dim + 8))));
        return out;
    }

    /** A decoded token's work, with the budget full. */
    List<Work> step() {
        double entries = budget + 100;
        List<Work> out = new ArrayList<>();
        out.add(new Work("linear layers and logits", 0, 2 * (layers * layerWeights() + (double) vocabulary * hidden)));
        out.add(new Work("attention", 0, layers * 4 * entries * kvHeads * dim));
        out.add(new Work("retaining heads", 0, layers * 2 * headWeights()));
        return out;
    }

    /** Seconds of a text of {@link #TEXT} tokens if operations run one after the other, each in what {@code time} says. */
    double readingSeconds(ToDoubleFunction<Work> time) {
        double seconds = 0;
        for (int begin = 0; begin < TEXT; begin += chunk) {
            double tokens = Math.min(chunk, TEXT - begin);
            seconds += chunk(tokens, Math.min(begin, budget)).stream()
                    .mapToDouble(time)
                    .sum();
        }
        return seconds;
    }

    double stepSeconds(ToDoubleFunction<Work> time) {
        return step().stream().mapToDouble(time).sum();
    }

    /** Time of a chunk's operation by what the kernels' loops can reach. */
    double estimate(Work work, GpuCard card, KernelEstimate kernels) {
        double share =
                work.operation().equals("attention") ? kernels.chunk(card, dim).share() : KernelEstimate.USUAL;
        return work.seconds(card, Math.min(KernelEstimate.USUAL, share), KernelEstimate.USUAL);
    }

    /** As above for an operation of a decode step; all read BF16 weights or the cache. */
    double stepEstimate(Work work, GpuCard card, KernelEstimate kernels) {
        double share = work.operation().equals("attention")
                ? kernels.step(card, dim).share()
                : kernels.linear(card, "BF16").share();
        return work.seconds(card, 1, Math.min(KernelEstimate.USUAL, share));
    }
}
