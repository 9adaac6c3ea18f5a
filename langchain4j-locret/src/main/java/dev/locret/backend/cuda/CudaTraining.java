package dev.locret.backend.cuda;

import dev.locret.backend.AdamW;
import dev.locret.backend.AttentionPeak;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import java.util.List;

/** Training on the device, everything in f32. */
final class CudaTraining implements TrainingOperations {
    private static final int THREADS = 256;
    private static final int KEYS = 32;
    private static final int PEAK_ROWS = 8;
    private static final int LOSS_THREADS = 1024;

    private final Launch launch;
    private final Parameters parameters;
    private final Transfers transfers;
    private final Blas blas;
    private final CudaBackend backend;
    private final AttentionSpec spec;
    private final int maxTokens;
    private final CudaAttention attention;
    private final Matrix outputs;
    private final Matrix logSums;
    private final CudaBuffer projected;
    private final CudaBuffer norms;
    private final CudaBuffer squares;
    private final CudaBuffer sums;
    private final Kernel valueNorms;
    private final Kernel projectOutputs;
    private final Kernel attentionPeaks;
    private final Kernel addLogNorms;
    private final Kernel silu;
    private final Kernel siluGradient;
    private final Kernel scoreLoss;
    private final Kernel adamw;

    CudaTraining(
            Launch launch,
            Parameters parameters,
            Kernels kernels,
            CudaMemory memory,
            Transfers transfers,
            Blas blas,
            CudaBackend backend,
            TrainingSpec sizes) {
        this.launch = launch;
        this.parameters = parameters;
        this.transfers = transfers;
        this.blas = blas;
        this.backend = backend;
        this.spec = sizes.attention();
        this.maxTokens = sizes.maxTokens();
        this.attention =
                new CudaAttention(launch, parameters, kernels, memory, spec, sizes.maxTokens(), Precision.FULL);
        int width = spec.heads() * spec.headDim();
        this.outputs = Matrix.of(memory.allocate("outputs of heads", (long) maxTokens * width), width);
        this.logSums = Matrix.of(memory.allocate("sums of attention", (long) maxTokens * spec.heads()), spec.heads());
        this.projected = memory.allocate("projected outputs", (long) maxTokens * width);
        this.norms = memory.allocate("norms of outputs", (long) maxTokens * spec.heads());
        this.squares = memory.allocate("norms of values", (long) maxTokens * spec.heads());
        this.sums = memory.allocate("sums of losses", 4);
        this.valueNorms = kernels.get("evict", "value_norms");
        this.projectOutputs = kernels.get("attention_peaks", "project_outputs");
        this.attentionPeaks = kernels.get("attention_peaks", "attention_peaks");
        this.addLogNorms = kernels.get("training", "add_log_norms");
        this.silu = kernels.get("training", "silu_into");
        this.siluGradient = kernels.get("training", "silu_gradient");
        this.scoreLoss = kernels.get("training", "score_loss");
        this.adamw = kernels.get("training", "adamw");
    }

    /** Bytes that the constructor allocates. */
    static long bytes(TrainingSpec sizes) {
        AttentionSpec spec = sizes.attention();
        CudaAttention.requireKernel(spec);
        long rows = (long) sizes.maxTokens() * spec.heads();
        return CudaAttention.bytes(spec, sizes.maxTokens())
                + 2 * CudaMemory.occupied(4 * rows * spec.headDim())
                + 3 * CudaMemory.occupied(4 * rows)
                + CudaMemory.occupied(16);
    }

    @Override
    public DeviceWeight zeros(String name, int rows, int columns) {
        return backend.zeros(name, rows, columns);
    }

    @Override
    public float[] download(DeviceWeight weight) {
        CudaWeight from = (CudaWeight) weight;
        return backend.download(new Matrix(from.buffer(), 0, from.columns(), from.paddedColumns()), from.rows());
    }

    @Override
    public void attentionPeaks(
            Matrix queries,
            RotaryTable rotary,
            KvSegment segment,
            int[] rows,
            AttentionPeak kind,
            Matrix grams,
            int entries,
            int distance,
            Matrix peaks,
            boolean first) {
        CudaRotary table = (CudaRotary) rotary;
        if (kind != AttentionPeak.LOGIT) {
            attention.runRows(queries, table, segment, rows, outputs, logSums);
        }
        long chosen = parameters.ints(rows);
        long heads = parameters.heads(segment.cache());
        int dim = spec.headDim();
        if (kind == AttentionPeak.EVICTION_ERROR) {
            project(segment, chosen, rows.length, heads, grams);
        }
        launch.of(attentionPeaks)
                .address(parameters.segments(List.of(segment)))
                .address(heads)
                .address(CudaBuffer.address(queries))
                .value(queries.stride())
                .value(spec.groupSize())
                .value(dim)
                .value(spec.scale());
        CudaAttention.rotary(launch, spec, table)
                .address(chosen)
                .value(rows.length)
                .value(kind.ordinal())
                .address(CudaBuffer.address(logSums))
                .address(projected.address())
                .address(norms.address())
                .address(squares.address())
                .value(maxTokens)
                .value(entries)
                .value(distance)
                .address(CudaBuffer.address(peaks))
                .value(peaks.stride())
                .value(first)
                .run(
                        (entries + KEYS - 1) / KEYS,
                        spec.kvHeads(),
                        128,
                        4 * (2 * KEYS * (dim + 1) + 2 * PEAK_ROWS * dim));
    }

    /** What eviction errors need: {@code Go} and {@code oᵀGo} of the outputs, {@code vᵀGv} of the values. */
    private void project(KvSegment segment, long chosen, int count, long heads, Matrix grams) {
        int dim = spec.headDim();
        launch.of(projectOutputs)
                .address(chosen)
                .value(segment.firstRow())
                .address(CudaBuffer.address(outputs))
                .value(spec.heads())
                .value(dim)
                .address(CudaBuffer.address(grams))
                .value(grams.stride())
                .address(projected.address())
                .address(norms.address())
                .run(count, spec.heads(), 32, 0);
        for (int head = 0; head < spec.heads(); head++) {
            int kvHead = head / spec.groupSize();
            launch.of(valueNorms)
                    .address(heads)
                    .value(kvHead)
                    .address(CudaBuffer.address(segment.cache().values()))
                    .value(CudaCache.typeOf(segment.cache()))
                    .address(CudaBuffer.address(grams.from(head * dim)))
                    .value(grams.stride())
                    .value(dim)
                    .address(squares.address() + 4L * head * maxTokens)
                    .run((segment.cache().length(kvHead) + 7) / 8, 1, THREADS, 0);
        }
    }

    @Override
    public void addLogNorms(Matrix labels, int rows, Matrix values, Matrix projected, float floor) {
        launch.of(addLogNorms)
                .address(CudaBuffer.address(labels))
                .value(labels.stride())
                .value(rows)
                .value(labels.columns())
                .address(CudaBuffer.address(values))
                .value(values.stride())
                .address(CudaBuffer.address(projected))
                .value(projected.stride())
                .value(spec.headDim())
                .value(floor)
                .run((rows * labels.columns() + 7) / 8, 1, THREADS, 0);
    }

    @Override
    public void silu(Matrix in, int rows, Matrix out) {
        elementwise(silu, in, rows, out);
    }

    @Override
    public void siluGradient(Matrix in, int rows, Matrix gradient) {
        elementwise(siluGradient, in, rows, gradient);
    }

    private void elementwise(Kernel kernel, Matrix in, int rows, Matrix out) {
        launch.of(kernel)
                .address(CudaBuffer.address(in))
                .value(in.stride())
                .value(in.columns())
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .run((in.columns() + THREADS - 1) / THREADS, rows, THREADS, 0);
    }

    @Override
    public ScoreLoss scoreLoss(Matrix scores, Matrix labels, int rows, ScoreLoss.Factors factors, Matrix gradient) {
        int[] distances = ScoreLoss.pairDistances(rows);
        long pairs = parameters.ints(distances);
        launch.of(scoreLoss)
                .address(CudaBuffer.address(scores))
                .value(scores.stride())
                .address(CudaBuffer.address(labels))
                .value(labels.stride())
                .value(rows)
                .value(scores.columns())
                .value(factors.labelled())
                .value(factors.low())
                .value(factors.uneven())
                .address(pairs)
                .value(factors.ranking() ? distances.length : 0)
                .address(CudaBuffer.address(gradient))
                .value(gradient.stride())
                .address(sums.address())
                .run(1, 1, LOSS_THREADS, 0);
        int[] words = new int[4];
        transfers.downloadInts(sums.pointer(), words, 0, 4);
        return new ScoreLoss(number(words[0], words[1]), number(words[2], words[3]));
    }

    private static double number(int low, int high) {
        return Double.longBitsToDouble((long) high << 32 | low & 0xffffffffL);
    }

    @Override
    public void inputGradient(Matrix outGradient, int rows, DeviceWeight weight, Matrix inGradient) {
        CudaWeight from = (CudaWeight) weight;
        blas.multiplyFloats(
                rows,
                from.columns(),
                from.rows(),
                CudaBuffer.address(outGradient),
                outGradient.stride(),
                from.bodies(),
                from.paddedColumns(),
                CudaBuffer.address(inGradient),
                inGradient.stride());
    }

    @Override
    public void weightGradient(Matrix in, int rows, Matrix outGradient, DeviceWeight gradient, boolean accumulate) {
        CudaWeight to = (CudaWeight) gradient;
        blas.multiplyTransposed(
                to.rows(),
                to.columns(),
                rows,
                CudaBuffer.address(outGradient),
                outGradient.stride(),
                CudaBuffer.address(in),
                in.stride(),
                to.bodies(),
                to.paddedColumns(),
                accumulate);
    }

    @Override
    public void step(DeviceWeight weight, DeviceWeight gradient, DeviceWeight mean, DeviceWeight square, AdamW rule) {
        long count = ((CudaWeight) weight).buffer().elements();
        launch.of(adamw)
                .address(((CudaWeight) weight).bodies())
                .address(((CudaWeight) gradient).bodies())
                .address(((CudaWeight) mean).bodies())
                .address(((CudaWeight) square).bodies())
                .address(count)
                .value((float) (1 - rule.learningRate() * rule.weightDecay()))
                .value((float) rule.clipValue())
                .value((float) rule.beta1())
                .value((float) (1 - rule.beta1()))
                .value((float) rule.beta2())
                .value((float) (1 - rule.beta2()))
                .value((float) (rule.learningRate() / (1 - Math.pow(rule.beta1(), rule.step()))))
                .value((float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), rule.step()))))
                .value((float) rule.epsilon())
                .run(Math.toIntExact((count + THREADS - 1) / THREADS), 1, THREADS, 0);
    }
}
