package dev.locret.backend.cpu;

import dev.locret.backend.AdamW;

/** {@link AdamW} over arrays. The order of the operations is PyTorch's, so results agree to rounding. */
final class CpuAdamW {
    private final float keep;
    private final float clip;
    private final float beta1;
    private final float beta2;
    private final float rest1;
    private final float rest2;
    private final float rate;
    private final float correction;
    private final float epsilon;

    CpuAdamW(AdamW rule) {
        keep = (float) (1 - rule.learningRate() * rule.weightDecay());
        clip = (float) rule.clipValue();
        beta1 = (float) rule.beta1();
        beta2 = (float) rule.beta2();
        rest1 = (float) (1 - rule.beta1());
        rest2 = (float) (1 - rule.beta2());
        rate = (float) (rule.learningRate() / (1 - Math.pow(rule.beta1(), rule.step())));
        correction = (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), rule.step())));
        epsilon = (float) rule.epsilon();
    }

    /** Elements {@code [begin, end)} of all four. */
    void apply(float[] w, float[] g, float[] m, float[] v, int begin, int end) {
        for (int i = begin; i < end; i++) {
            float gradient = Math.max(-clip, Math.min(clip, g[i]));
            float mean = beta1 * m[i] + rest1 * gradient;
            float square = beta2 * v[i] + rest2 * gradient * gradient;
            m[i] = mean;
            v[i] = square;
            w[i] = w[i] * keep - rate * mean / ((float) Math.sqrt(square) * correction + epsilon);
        }
    }
}
