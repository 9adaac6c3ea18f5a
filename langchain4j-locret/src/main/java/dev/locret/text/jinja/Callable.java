package dev.locret.text.jinja;

/** A function, macro or bound method. */
@FunctionalInterface
interface Callable {
    Object call(Evaluation evaluation, Arguments arguments);
}
