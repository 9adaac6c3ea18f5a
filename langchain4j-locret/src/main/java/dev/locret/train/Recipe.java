package dev.locret.train;

import dev.locret.backend.AdamW;
import dev.locret.backend.AttentionPeak;
import dev.locret.common.Checks;

/**
 * What heads are trained towards, and how.
 *
 * @param name for messages and metadata
 * @param label what makes an entry worth keeping
 * @param labelTokens whose attention counts
 * @param loss what is made small
 * @param expectile weight of scores below their labels against those above, 0 to 1: a half is SmoothL1; more makes a score say
 *     what an entry may be worth rather than what it mostly is
 * @param learningRate highest learning rate
 * @param beta1 decay of AdamW's mean gradient
 * @param beta2 decay of AdamW's mean squared gradient
 * @param epsilon of AdamW
 * @param weightDecay of AdamW
 * @param clipValue largest absolute value of a gradient
 * @param smoothing weight of the squared differences between neighbouring scores
 * @param warmupSteps steps over which the learning rate rises from 0
 * @param steps steps in all; from the warm-up on the learning rate falls to 0
 */
public record Recipe(
        String name,
        Label label,
        LabelTokens labelTokens,
        Loss loss,
        double expectile,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        double clipValue,
        double smoothing,
        int warmupSteps,
        int steps) {

    /** What the label of an entry is; always the largest over label tokens and the query heads of the group. */
    public enum Label {
        /** Logit before the softmax, as in the paper. */
        LOGIT("logit", AttentionPeak.LOGIT, false),
        /** Logarithm of the attention probability. */
        LOG_PROBABILITY("log-probability", AttentionPeak.LOG_PROBABILITY, false),
        /** The same plus the logarithm of the norm of what the entry's value adds to the residual stream. */
        LOG_PROBABILITY_AND_VALUE("log-probability-and-value", AttentionPeak.LOG_PROBABILITY, true),
        /** Logarithm of what the output of attention would change in the residual stream without the entry. */
        EVICTION_ERROR("eviction-error", AttentionPeak.EVICTION_ERROR, false);

        private final String label;
        private final AttentionPeak peak;
        private final boolean valueNorm;

        Label(String label, AttentionPeak peak, boolean valueNorm) {
            this.label = label;
            this.peak = peak;
            this.valueNorm = valueNorm;
        }

        AttentionPeak peak() {
            return peak;
        }

        boolean valueNorm() {
            return valueNorm;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** Tokens whose attention makes the labels. Entries before the first of them are scored. */
    public enum LabelTokens {
        ANSWER("answer"),
        QUESTION_AND_ANSWER("question-and-answer"),
        /**
         * All that come later, so that plain text will do. Nearer ones see an entry before it can be evicted.
         */
        LATER("later");

        private static final int NEAR = 64;

        private final String label;

        LabelTokens(String label) {
            this.label = label;
        }

        /** Places that a token lies at least behind an entry on whose label it has a say. */
        int distance() {
            return this == LATER ? NEAR : 0;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** What is made small. */
    public enum Loss {
        /** SmoothL1 of scores and labels. */
        SMOOTH_L1("smooth-l1"),
        /** How often two entries' scores stand in another order than their labels, as a logistic loss of pairs. */
        RANKING("ranking");

        private final String label;

        Loss(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    public Recipe {
        Checks.argument(
                loss == Loss.SMOOTH_L1 || expectile == 0.5,
                () -> "an expectile is of smooth-l1 only: expectile=" + expectile + ", loss=" + loss);
        Checks.argument(
                expectile > 0 && expectile < 1,
                () -> "expectile out of range: expectile=" + expectile + ", allowed=above 0 and below 1");
        Checks.inRange("steps", steps, 1, 1_000_000);
        Checks.inRange("warmup", warmupSteps, 0, steps);
        Checks.argument(
                learningRate > 0 && learningRate <= 1,
                () -> "learning rate out of range: lr=" + learningRate + ", allowed=above 0 to 1");
    }

    /** The paper's, section 3.2 and appendix. */
    public static Recipe paper() {
        return new Recipe(
                "paper",
                Label.LOGIT,
                LabelTokens.ANSWER,
                Loss.SMOOTH_L1,
                0.5,
                5e-4,
                0.9,
                0.95,
                1e-8,
                0.01,
                0.5,
                0.0025,
                2000,
                3000);
    }

    /**
     * Ours: a label that can be compared between tokens and heads, and few steps at a high rate.
     *
     * @param steps steps in all, a tenth of them warm-up
     */
    public static Recipe standard(int steps) {
        return new Recipe(
                "standard",
                Label.LOG_PROBABILITY_AND_VALUE,
                LabelTokens.QUESTION_AND_ANSWER,
                Loss.SMOOTH_L1,
                0.5,
                2e-3,
                0.9,
                0.95,
                1e-8,
                0.01,
                0.5,
                0.0025,
                steps / 10,
                steps);
    }

    /** Learning rate of a step, counted from 0: Hugging Face's linear schedule with warm-up. */
    public double learningRate(int step) {
        double share = step < warmupSteps
                ? (double) step / Math.max(1, warmupSteps)
                : Math.max(0.0, (double) (steps - step) / Math.max(1, steps - warmupSteps));
        return learningRate * share;
    }

    AdamW rule(int step) {
        return new AdamW(step + 1, learningRate(step), beta1, beta2, epsilon, weightDecay, clipValue);
    }
}
