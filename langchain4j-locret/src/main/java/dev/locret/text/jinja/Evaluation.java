package dev.locret.text.jinja;

import java.time.Clock;
import java.util.List;

/** One rendering: its scopes, output, budget, and the line it is at. */
final class Evaluation {
    final Budget budget;
    final Clock clock;
    Scope scope;
    TextBuilder output;
    int line = 1;

    Evaluation(Budget budget, Clock clock, Scope globals) {
        this.budget = budget;
        this.clock = clock;
        this.scope = new Scope(globals);
        this.output = new TextBuilder(budget);
    }

    Object evaluate(Expression expression) {
        budget.enter();
        Object value = expression.evaluate(this);
        budget.leave();
        return value;
    }

    Statement.Flow execute(List<Statement> body) {
        for (Statement statement : body) {
            budget.enter();
            Statement.Flow flow = statement.execute(this);
            budget.leave();
            if (flow != Statement.Flow.NEXT) {
                return flow;
            }
        }
        return Statement.Flow.NEXT;
    }

    /** Executes a body in a scope of its own and returns what it wrote. */
    Text capture(List<Statement> body, Scope inner) {
        TextBuilder outerOutput = output;
        Scope outerScope = scope;
        output = new TextBuilder(budget);
        scope = inner;
        execute(body);
        Text written = output.build();
        output = outerOutput;
        scope = outerScope;
        return written;
    }

    Text print(Object value) {
        return Printer.print(budget, value);
    }
}
