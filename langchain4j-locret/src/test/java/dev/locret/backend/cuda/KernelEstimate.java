package dev.locret.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernels' loops can reach on a card, by the counts in {@code cuda/loops.txt}; {@code CompilationTest} makes those. */
final class KernelEstimate {
    /** Weights that a warp of {@code linear_step} multiplies in a pass: four outputs, tiles of 1,024. */
    private static final int WEIGHTS = 4 * 1024;
    /** Entries that a warp of {@code attend_step} looks at in a pass, for head dimensions above 64. */
    private static final int ENTRIES = 2;

    /** What cuBLAS and kernels that only move data are taken to reach of a card's peaks: an assumption. */
    static final double USUAL = 0.8;

    private final List<String> lines;

    KernelEstimate() throws IOException {
        lines = Files.readAllLines(Path.of("src/test/resources/cuda/loops.txt"));
    }

    private LoopEstimate loop(GpuCard card, String kernel) {
        String begin = card.chip() + " " + kernel + " ";
        return lines.stream()
                .filter(line -> line.startsWith(begin))
                .map(line -> new LoopEstimate(
                        SassLoop.parse(line.substring(card.chip().length() + 1)), card))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("loops.txt has no " + begin));
    }

    /**
     * A share of a peak.
     *
     * @param limit the unit that is busy longest
     */
    record Share(double share, String limit) {}

    /** Of tensor cores, in attention of a chunk. */
    Share chunk(GpuCard card, int dim) {
        LoopEstimate loop = loop(card, "attend_chunk_" + dim);
        return new Share(loop.of("tensor cores") / loop.longest(), loop.limit());
    }

    /** Of memory, in attention of a decode step with an f16 cache. */
    Share step(GpuCard card, int dim) {
        return ofMemory(card, loop(card, "attend_step_16_4"), ENTRIES * 2 * 2 * dim);
    }

    /** Of memory, in a gated activation: a lane reads two floats and writes one. */
    Share activation(GpuCard card) {
        return ofMemory(card, loop(card, "gated_activation"), 32 * 3 * 4);
    }

    /** Of memory, in a linear layer of a decode step. */
    Share linear(GpuCard card, String type) {
        double bits =
                switch (type) {
                    case "BF16" -> 16;
                    case "Q8_0" -> 8.5;
                    case "Q4_0", "Q4_K" -> 4.5;
                    case "Q6_K" -> 6.5625;
                    default -> throw new IllegalArgumentException(type);
                };
        return ofMemory(card, loop(card, "linear_step_" + type + "_1"), WEIGHTS * bits / 8);
    }

    private static Share ofMemory(GpuCard card, LoopEstimate loop, double bytes) {
        double reached = bytes / loop.longest() * card.schedulerCycles() / card.bytesPerSecond();
        return reached >= 1 ? new Share(1, "memory") : new Share(reached, loop.limit());
    }
}
