package dev.locret.backend.cpu;

import dev.locret.backend.Matrix;
import dev.locret.backend.ScoreLoss;

/**
 * A logistic loss of pairs of rows whose scores stand in another order than their labels, or too close: {@code log(1 +
 * exp(s_j - s_i))} where {@code i} has the larger label. Each row is paired with a few others at distances that are the
 * same for all and spread over all sizes, so that a sum takes a time in proportion to the rows and can be repeated.
 */
final class RankingLoss {
    private RankingLoss() {}

    /**
     * Adds the gradient of {@code factor · loss}.
     *
     * @return the loss: over rows and heads the mean over the pairs of a row
     */
    static double add(Matrix scores, Matrix labels, int rows, double factor, Matrix gradient) {
        double loss = 0;
        int[] distances = ScoreLoss.pairDistances(rows);
        for (int distance : distances) {
            for (int row = 0; row < rows; row++) {
                int other = (row + distance) % rows;
                for (int head = 0; head < scores.columns(); head++) {
                    int order = Float.compare(value(labels, row, head), value(labels, other, head));
                    double margin = order * ((double) value(scores, row, head) - value(scores, other, head));
                    if (order != 0) {
                        loss += Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
                        float slope = (float) (-factor / distances.length * order / (1 + Math.exp(margin)));
                        floats(gradient)[at(gradient, row) + head] += slope;
                        floats(gradient)[at(gradient, other) + head] -= slope;
                    }
                }
            }
        }
        return loss / distances.length;
    }

    private static float value(Matrix matrix, int row, int column) {
        return floats(matrix)[at(matrix, row) + column];
    }

    private static float[] floats(Matrix matrix) {
        return CpuBuffer.floats(matrix.buffer());
    }

    private static int at(Matrix matrix, int row) {
        return Math.toIntExact(matrix.offset() + (long) row * matrix.stride());
    }
}
