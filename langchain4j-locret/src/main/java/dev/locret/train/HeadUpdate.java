package dev.locret.train;

import dev.locret.backend.AdamW;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import java.util.List;

/**
 * Loss, gradients and update of one layer's heads, given what they read and what they should say. Layers share the
 * scratch.
 *
 * <pre>
 * z = x · W1ᵀ    h = silu(z)    s = h · W2ᵀ          dW2 = dsᵀ · h    dh = ds · W2
 *                                                     dz = dh · silu'(z)    dW1 = dzᵀ · x
 * </pre>
 */
final class HeadUpdate {
    private final Backend backend;
    private final TrainingOperations operations;
    private final int batch;
    private final Matrix inner;
    private final Matrix activated;
    private final Matrix scores;
    private final Matrix slopes;
    private final DeviceWeight gradient1;
    private final DeviceWeight gradient2;

    /**
     * @param shape heads of any layer
     * @param maxRows most tokens that are scored at once
     * @param batch rows for which the backend has reserved scratch of linear layers
     */
    HeadUpdate(Backend backend, TrainingOperations operations, TrainedHeads.Layer shape, int maxRows, int batch) {
        this.backend = backend;
        this.operations = operations;
        this.batch = batch;
        DeviceWeight fc1 = shape.fc1().weight();
        DeviceWeight fc2 = shape.fc2().weight();
        this.inner = matrix("heads, inner", maxRows, fc1.rows());
        this.activated = matrix("heads, activated", maxRows, fc1.rows());
        this.scores = matrix("heads, scores", maxRows, fc2.rows());
        this.slopes = matrix("heads, slopes", maxRows, fc2.rows());
        this.gradient1 = operations.zeros("gradient of fc1", fc1.rows(), fc1.columns());
        this.gradient2 = operations.zeros("gradient of fc2", fc2.rows(), fc2.columns());
    }

    /** Floats that the constructor allocates. */
    static long floats(int maxRows, int hidden, int inputs, int kvHeads) {
        return 2L * maxRows * (hidden + kvHeads) + (long) hidden * (inputs + kvHeads);
    }

    private Matrix matrix(String name, int rows, int columns) {
        return Matrix.of(backend.allocate(name, (long) rows * columns), columns);
    }

    /**
     * Computes loss and gradients.
     *
     * @param qkv {@code [rows, inputs]}
     * @param labels {@code [rows, kvHeads]}
     */
    ScoreLoss gradients(TrainedHeads.Layer heads, Matrix qkv, int rows, Matrix labels, ScoreLoss.Factors factors) {
        DeviceWeight fc1 = heads.fc1().weight();
        DeviceWeight fc2 = heads.fc2().weight();
        linear(qkv, rows, fc1, inner);
        operations.silu(inner, rows, activated);
        linear(activated, rows, fc2, scores);
        ScoreLoss loss = operations.scoreLoss(scores, labels, rows, factors, slopes);
        operations.weightGradient(activated, rows, slopes, gradient2, false);
        operations.inputGradient(slopes, rows, fc2, activated);
        operations.siluGradient(inner, rows, activated);
        operations.weightGradient(qkv, rows, activated, gradient1, false);
        return loss;
    }

    private void linear(Matrix in, int rows, DeviceWeight weight, Matrix out) {
        for (int row = 0; row < rows; row += batch) {
            Projection projection = new Projection(weight, null, out.from(row));
            backend.linear(in.from(row), Math.min(batch, rows - row), List.of(projection), false);
        }
    }

    /** Moves the heads against the gradients that were computed last. */
    void step(TrainedHeads.Layer heads, AdamW rule) {
        operations.step(
                heads.fc1().weight(), gradient1, heads.fc1().mean(), heads.fc1().square(), rule);
        operations.step(
                heads.fc2().weight(), gradient2, heads.fc2().mean(), heads.fc2().square(), rule);
    }

    /** Gradient of {@code fc1}, {@code [hidden, inputs]}, for tests. */
    float[] gradient1() {
        return operations.download(gradient1);
    }

    /** Gradient of {@code fc2}, {@code [kvHeads, hidden]}, for tests. */
    float[] gradient2() {
        return operations.download(gradient2);
    }
}
