package dev.locret.text.jinja;

/** A parsed expression; only {@link Evaluation#evaluate} calls it, which counts and bounds. */
@FunctionalInterface
interface Expression {
    Object evaluate(Evaluation evaluation);
}
