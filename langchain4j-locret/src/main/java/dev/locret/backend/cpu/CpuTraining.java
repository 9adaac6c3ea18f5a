package dev.locret.backend.cpu;

import dev.locret.backend.AdamW;
import dev.locret.backend.AttentionPeak;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;

/** Training on the CPU, with the kernels and threads of a {@link CpuBackend}. */
final class CpuTraining implements TrainingOperations {
    /** Values that are worth waking a thread for. */
    private static final int BLOCK = 16384;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final TrainingSpec spec;
    private final CpuAttentionPeaks peaks;
    private final CpuGradients gradients;

    CpuTraining(Kernels kernels, WorkerPool pool, TrainingSpec spec) {
        this.kernels = kernels;
        this.pool = pool;
        this.spec = spec;
        this.peaks = new CpuAttentionPeaks(kernels, pool, spec.attention(), spec.maxTokens());
        this.gradients = new CpuGradients(kernels, pool, spec.maxInputs());
    }

    /** Bytes that the constructor allocates. */
    static long bytes(TrainingSpec spec, int width, int threads) {
        return CpuAttentionPeaks.bytes(spec.attention(), spec.maxTokens(), width, threads)
                + CpuGradients.bytes(spec.maxInputs(), width, threads);
    }

    @Override
    public DeviceWeight zeros(String name, int rows, int columns) {
        return CpuWeight.zeros(name, rows, columns, kernels.width());
    }

    @Override
    public float[] download(DeviceWeight weight) {
        CpuWeight from = (CpuWeight) weight;
        float[] out = new float[Math.multiplyExact(from.rows(), from.columns())];
        WeightReader reader = new WeightReader(from);
        for (int row = 0; row < from.rows(); row++) {
            reader.row(row, out, row * from.columns());
        }
        return out;
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
            Matrix out,
            boolean first) {
        peaks.run(queries, (CpuRotary) rotary, segment, rows, kind, grams, entries, out, first);
    }

    @Override
    public void addLogNorms(Matrix labels, int rows, Matrix values, Matrix projected, float floor) {
        int dim = spec.attention().headDim();
        float[] to = floats(labels);
        float[] v = floats(values);
        float[] p = floats(projected);
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < labels.columns(); head++) {
                int vAt = at(values, row) + head * dim;
                int pAt = at(projected, row) + head * dim;
                float square = 0;
                for (int i = 0; i < dim; i++) {
                    square = Math.fma(v[vAt + i], p[pAt + i], square);
                }
                // Rounding can make the square of a vanishing value negative.
                float norm = Math.max(floor, (float) (0.5 * Math.log(Math.max(square, 0))));
                int at = at(labels, row) + head;
                to[at] = Math.max(to[at], floor) + norm;
            }
        }
    }

    @Override
    public void silu(Matrix in, int rows, Matrix out) {
        pool.runRows(
                rows,
                in.columns(),
                (row, thread) ->
                        kernels.siluTimes(floats(in), at(in, row), null, 0, in.columns(), floats(out), at(out, row)));
    }

    @Override
    public void siluGradient(Matrix in, int rows, Matrix gradient) {
        pool.runRows(
                rows,
                in.columns(),
                (row, thread) -> kernels.siluGradient(
                        floats(in), at(in, row), in.columns(), floats(gradient), at(gradient, row)));
    }

    @Override
    public ScoreLoss scoreLoss(Matrix scores, Matrix labels, int rows, ScoreLoss.Factors factors, Matrix gradient) {
        float[] s = floats(scores);
        double labelled = 0;
        double uneven = 0;
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < scores.columns(); head++) {
                int at = at(scores, row) + head;
                double difference = (double) s[at] - floats(labels)[at(labels, row) + head];
                double size = Math.abs(difference);
                double weight = 2 * (difference < 0 ? factors.low() : 1 - factors.low());
                labelled += weight * (size < 1 ? 0.5 * difference * difference : size - 0.5);
                double slope = factors.labelled() * weight * Math.max(-1, Math.min(1, difference));
                if (row > 0) {
                    double step = (double) s[at] - s[at - scores.stride()];
                    uneven += step * step;
                    slope += 2 * factors.uneven() * step;
                }
                if (row + 1 < rows) {
                    slope += 2 * factors.uneven() * ((double) s[at] - s[at + scores.stride()]);
                }
                floats(gradient)[at(gradient, row) + head] = (float) slope;
            }
        }
        return new ScoreLoss(labelled, uneven);
    }

    @Override
    public void inputGradient(Matrix outGradient, int rows, DeviceWeight weight, Matrix inGradient) {
        gradients.input(outGradient, rows, (CpuWeight) weight, inGradient);
    }

    @Override
    public void weightGradient(Matrix in, int rows, Matrix outGradient, DeviceWeight gradient, boolean accumulate) {
        gradients.weight(in, rows, outGradient, (CpuWeight) gradient, accumulate);
    }

    @Override
    public void step(DeviceWeight weight, DeviceWeight gradient, DeviceWeight mean, DeviceWeight square, AdamW rule) {
        float[] w = ((CpuWeight) weight).floats();
        float[] g = ((CpuWeight) gradient).floats();
        float[] m = ((CpuWeight) mean).floats();
        float[] v = ((CpuWeight) square).floats();
        CpuAdamW step = new CpuAdamW(rule);
        pool.run((w.length + BLOCK - 1) / BLOCK, (task, thread) -> {
            int begin = task * BLOCK;
            step.apply(w, g, m, v, begin, Math.min(w.length, begin + BLOCK));
        });
    }

    private static float[] floats(Matrix matrix) {
        return CpuBuffer.floats(matrix.buffer());
    }

    private static int at(Matrix matrix, int row) {
        return Math.toIntExact(matrix.offset() + (long) row * matrix.stride());
    }
}
