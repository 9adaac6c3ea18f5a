package dev.locret.format;

import java.nio.file.Path;

/** Bounds on a configuration, so that sizes worked out from it stay sane. */
final class ModelConfigChecks {
    // Each bound is several times the largest model published, and products of any two stay below 2^63.
    private static final int MAX_LAYERS = 1 << 10;
    private static final int MAX_HIDDEN = 1 << 17;
    private static final int MAX_FEED_FORWARD = 1 << 20;
    private static final int MAX_HEADS = 1 << 12;
    private static final int MAX_HEAD_DIM = 1 << 12;
    private static final int MAX_VOCABULARY = 1 << 24;
    private static final int MAX_CONTEXT = 1 << 30;

    private final String format;
    private final Path path;

    private ModelConfigChecks(String format, Path path) {
        this.format = format;
        this.path = path;
    }

    static ModelConfig check(ModelConfig config, String format, Path path) {
        new ModelConfigChecks(format, path).check(config);
        return config;
    }

    private void check(ModelConfig c) {
        range("layers", c.layers(), MAX_LAYERS);
        range("hidden size", c.hiddenSize(), MAX_HIDDEN);
        range("feed-forward size", c.feedForwardSize(), MAX_FEED_FORWARD);
        range("heads", c.heads(), MAX_HEADS);
        range("KV heads", c.kvHeads(), c.heads());
        range("head dimension", c.headDim(), MAX_HEAD_DIM);
        range("heads * head dimension", c.heads() * c.headDim(), MAX_FEED_FORWARD);
        range("vocabulary size", c.vocabularySize(), MAX_VOCABULARY);
        range("context length", c.contextLength(), MAX_CONTEXT);
        require(c.heads() % c.kvHeads() == 0, "heads=" + c.heads() + " is not a multiple of KV heads=" + c.kvHeads());
        require(c.headDim() % 2 == 0, "head dimension " + c.headDim() + " is odd, rotary embedding needs pairs");
        require(
                c.normEpsilon() > 0 && c.normEpsilon() < 1,
                "norm epsilon " + c.normEpsilon() + " is not between 0 and 1");
        require(c.slidingWindow() >= 0, "sliding window is negative: " + c.slidingWindow());
        checkRope(c.rope(), c.headDim());
    }

    private void checkRope(RopeConfig rope, int headDim) {
        range("rotary dimensions", rope.dimensions(), headDim);
        require(rope.dimensions() % 2 == 0, "rotary dimensions " + rope.dimensions() + " are odd");
        require(rope.theta() > 1, "rope base " + rope.theta() + " is not above 1");
        if (rope.kind() != RopeConfig.Kind.NONE) {
            require(rope.factor() >= 1, "rope scaling factor " + rope.factor() + " is below 1");
            range("original context length", rope.originalContext(), MAX_CONTEXT);
        }
        if (rope.kind() == RopeConfig.Kind.LLAMA3) {
            require(
                    rope.lowFrequencyFactor() > 0 && rope.highFrequencyFactor() > rope.lowFrequencyFactor(),
                    "high_freq_factor=" + rope.highFrequencyFactor() + " is not above low_freq_factor="
                            + rope.lowFrequencyFactor());
        }
        if (rope.kind() == RopeConfig.Kind.YARN) {
            require(
                    rope.betaSlow() > 0 && rope.betaFast() > rope.betaSlow(),
                    "yarn beta_fast=" + rope.betaFast() + " is not above beta_slow=" + rope.betaSlow());
        }
        require(rope.attentionFactor() >= 0, "rope attention factor is negative: " + rope.attentionFactor());
        positive("short rope factors", rope.shortFactors());
        positive("long rope factors", rope.longFactors());
        positive("rope frequency factors", rope.frequencyFactors());
    }

    private void positive(String name, float[] factors) {
        for (float factor : factors) {
            require(factor > 0 && Float.isFinite(factor), name + " hold " + factor + ", expected positive numbers");
        }
    }

    private void range(String name, int value, int max) {
        require(value >= 1 && value <= max, name + " out of range: " + value + ", allowed=1.." + max);
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw FormatErrors.damaged(format, what, path);
        }
    }
}
