package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;

/** Lets a given text follow a prompt, token by token, and notes how likely the model thought each token. */
final class ContinuationScorer implements Probe {
    private final int[] continuation;
    private final double[] logProbabilities;
    private int next;

    ContinuationScorer(int[] continuation) {
        this.continuation = continuation;
        this.logProbabilities = new double[continuation.length];
    }

    @Override
    public int chosen(Backend backend, Matrix logits, int sampled) {
        int token = continuation[next];
        logProbabilities[next++] = logProbability(backend.download(logits, 1), token);
        return token;
    }

    /** Natural logarithm of a token's probability under the softmax of logits. */
    static double logProbability(float[] logits, int token) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return logits[token] - max - Math.log(sum);
    }

    double[] logProbabilities() {
        return logProbabilities;
    }
}
