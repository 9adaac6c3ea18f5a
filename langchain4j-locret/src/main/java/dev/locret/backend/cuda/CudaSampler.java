package dev.locret.backend.cuda;

import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import java.util.SplittableRandom;

/**
 * Chooses tokens on the device; only their ids come back. The number that decides a draw is the CPU's, but where a filter
 * is at work candidates lie in another order here, by id, so the same seed may draw another token than on the CPU.
 */
final class CudaSampler {
    private static final int SPEC_BYTES = 48;
    private static final int THREADS = 512;

    private final Launch launch;
    private final Parameters parameters;
    private final Transfers transfers;
    private final CudaMemory memory;
    private final CudaBuffer work;
    private final Kernel sample;
    private CudaBuffer tokens;

    CudaSampler(
            Launch launch,
            Parameters parameters,
            Kernels kernels,
            CudaMemory memory,
            Transfers transfers,
            int vocabulary) {
        this.launch = launch;
        this.parameters = parameters;
        this.transfers = transfers;
        this.memory = memory;
        this.work = memory.allocate("logits at work", vocabulary);
        this.tokens = memory.allocate("sampled tokens", 64);
        this.sample = kernels.get("sample", "sample");
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int vocabulary) {
        return CudaMemory.occupied(4L * vocabulary) + CudaMemory.occupied(4 * 64);
    }

    int[] sample(Matrix logits, SamplingSpec[] specs) {
        if (specs.length > tokens.elements()) {
            // More sessions than planned for; the few bytes are freed with the context.
            tokens = memory.allocate("sampled tokens", specs.length);
        }
        for (int row = 0; row < specs.length; row++) {
            sample(logits.from(row), specs[row], row);
        }
        int[] out = new int[specs.length];
        transfers.downloadInts(tokens.pointer(), out, 0, out.length);
        return out;
    }

    private void sample(Matrix logits, SamplingSpec spec, int row) {
        double draw = new SplittableRandom(spec.seed() * 0x9E3779B97F4A7C15L + spec.step()).nextDouble();
        int words = spec.allowed() == null ? -1 : spec.allowed().length;
        launch.of(sample)
                .address(CudaBuffer.address(logits))
                .value(logits.columns())
                .address(parameters.put(SPEC_BYTES, out -> out.putFloat(spec.temperature())
                        .putFloat(spec.topP())
                        .putFloat(spec.minP())
                        .putFloat(spec.repetitionPenalty())
                        .putFloat(spec.presencePenalty())
                        .putFloat(spec.frequencyPenalty())
                        .putInt(spec.topK())
                        .putInt(spec.seenTokens().length)
                        .putInt(words)
                        .putInt(0)
                        .putDouble(draw)))
                .address(words < 0 ? 0 : parameters.longs(spec.allowed()))
                .address(parameters.ints(spec.seenTokens()))
                .address(parameters.ints(spec.seenCounts()))
                .address(work.address())
                .address(tokens.address() + 4L * row)
                .run(1, 1, THREADS, 0);
    }
}
