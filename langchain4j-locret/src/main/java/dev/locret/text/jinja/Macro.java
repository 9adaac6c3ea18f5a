package dev.locret.text.jinja;

import java.util.List;

/** A macro's parameters and body. {@code defaults} has null where a parameter has none. */
record Macro(String name, List<String> parameters, List<Expression> defaults, List<Statement> body) {
    /** The name under which a macro finds the body of the {@code call} block that called it. */
    static final String CALLER = "caller";

    /** A function that runs the body in a scope inside {@code definition}. */
    Callable bind(Scope definition, Callable caller) {
        return (e, arguments) -> {
            arguments.atMost("macro '" + name + "'", parameters.size());
            arguments.named().keySet().stream()
                    .filter(given -> !parameters.contains(given))
                    .findFirst()
                    .ifPresent(given -> {
                        throw new Failure("macro '" + name + "' takes no keyword argument '" + given + "'");
                    });
            Scope inner = new Scope(definition);
            // A call block sets the caller in the scope of the call.
            Object calling = e.scope.get(CALLER);
            if (calling instanceof Callable) {
                inner.set(CALLER, calling);
            }
            Scope outer = e.scope;
            e.scope = inner;
            for (int i = 0; i < parameters.size(); i++) {
                String parameter = parameters.get(i);
                Object value = arguments.has(i, parameter)
                        ? arguments.get(i, parameter, null)
                        : defaults.get(i) == null
                                ? new Undefined("parameter '" + parameter + "' was not provided")
                                : e.evaluate(defaults.get(i));
                inner.set(parameter, value);
            }
            e.scope = outer;
            return e.capture(body, inner);
        };
    }
}
