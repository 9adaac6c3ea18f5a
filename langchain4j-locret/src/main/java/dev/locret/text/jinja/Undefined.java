package dev.locret.text.jinja;

/** The value of a name or attribute that is not there; {@code why} is said when something is asked of it. */
record Undefined(String why) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    Failure failure() {
        return new Failure(why);
    }
}
