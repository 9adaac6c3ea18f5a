package dev.locret.text.jinja;

/** A parsed piece of a template body. */
interface Statement {
    /** How a body went on. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow execute(Evaluation evaluation);
}
