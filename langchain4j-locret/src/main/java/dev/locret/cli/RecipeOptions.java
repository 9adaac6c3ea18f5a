package dev.locret.cli;

import dev.locret.train.Recipe;
import dev.locret.train.Recipe.Label;
import dev.locret.train.Recipe.LabelTokens;
import dev.locret.train.Recipe.Loss;
import picocli.CommandLine.Option;

/** How heads are trained. What is not given is the recipe's own. */
final class RecipeOptions {
    /** Recipes by name. */
    enum Name {
        STANDARD,
        PAPER
    }

    @Option(
            names = "--recipe",
            paramLabel = "NAME",
            defaultValue = "standard",
            description = "standard, or paper for labels, rates and steps of the Locret paper"
                    + " (default: ${DEFAULT-VALUE}).")
    private Name recipe;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of one sample each (default: 150; paper 3000).")
    private Integer steps;

    @Option(names = "--lr", paramLabel = "RATE", description = "Highest learning rate (default: 0.002; paper 0.0005).")
    private Double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Steps of warm-up (default: a tenth of the steps; paper 2000).")
    private Integer warmup;

    @Option(
            names = "--label",
            paramLabel = "LABEL",
            description = "${COMPLETION-CANDIDATES} (default: log-probability-and-value; paper logit).")
    private Label label;

    @Option(
            names = "--label-tokens",
            paramLabel = "TOKENS",
            description = "Whose attention counts: ${COMPLETION-CANDIDATES} (default: question-and-answer; paper"
                    + " answer). With later, plain text will do.")
    private LabelTokens labelTokens;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description =
                    "${COMPLETION-CANDIDATES} (default: smooth-l1). With ranking, scores only say which entry of a"
                            + " head is worth more.")
    private Loss loss;

    @Option(
            names = "--expectile",
            paramLabel = "SHARE",
            description = "Weight of scores below their labels against those above (default: 0.5).")
    private Double expectile;

    @Option(names = "--d-r", paramLabel = "N", description = "Width of new heads (default: 128; paper 1024).")
    private Integer hidden;

    /** The recipe with what was asked for. */
    Recipe recipe() {
        int count =
                steps != null ? steps : recipe == Name.PAPER ? Recipe.paper().steps() : 150;
        Recipe base = recipe == Name.PAPER ? Recipe.paper() : Recipe.standard(Math.max(1, count));
        return new Recipe(
                base.name(),
                label != null ? label : base.label(),
                labelTokens != null ? labelTokens : base.labelTokens(),
                loss != null ? loss : base.loss(),
                expectile != null ? expectile : base.expectile(),
                learningRate != null ? learningRate : base.learningRate(),
                base.beta1(),
                base.beta2(),
                base.epsilon(),
                base.weightDecay(),
                base.clipValue(),
                base.smoothing(),
                warmup != null ? warmup : Math.min(base.warmupSteps(), Math.max(0, count)),
                count);
    }

    /** {@code d_R}. */
    int hidden() {
        return hidden != null ? hidden : recipe == Name.PAPER ? 1024 : 128;
    }
}
