package dev.locret.text.jinja;

import dev.locret.text.jinja.Statement.Flow;
import java.util.ArrayList;
import java.util.List;

/** The statements of a template, as the parser builds them. */
final class Statements {
    private Statements() {}

    /** Template text. */
    record Data(String text) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.output.append(text, true);
            return Flow.NEXT;
        }
    }

    /** {@code {{ … }}}. */
    record Output(Expression expression, int line) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.line = line;
            e.output.append(e.print(e.evaluate(expression)));
            return Flow.NEXT;
        }
    }

    /** {@code break} and {@code continue}. */
    record Jump(Flow flow) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            return flow;
        }
    }

    /** One branch of an {@code if}; the {@code else} branch has no condition. */
    record Branch(Expression condition, List<Statement> body, int line) {}

    /** {@code if … elif … else}. */
    record If(List<Branch> branches) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            for (Branch branch : branches) {
                e.line = branch.line();
                if (branch.condition() == null || Values.truth(e.evaluate(branch.condition()))) {
                    return e.execute(branch.body());
                }
            }
            return Flow.NEXT;
        }
    }

    /** {@code for}; every round has a scope of its own. */
    record For(
            Target target,
            Expression iterable,
            Expression filter,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.line = line;
            Scope outer = e.scope;
            List<Object> items = chosen(e, Values.items(e.budget, e.evaluate(iterable)), outer);
            LoopState loop = new LoopState(items);
            Flow flow = Flow.NEXT;
            for (int i = 0; i < items.size() && flow != Flow.BREAK; i++) {
                e.budget.step();
                loop.index = i;
                e.scope = new Scope(outer);
                e.scope.set("loop", loop);
                target.assign(e, items.get(i));
                flow = e.execute(body);
            }
            e.scope = outer;
            if (items.isEmpty() && !otherwise.isEmpty()) {
                e.scope = new Scope(outer);
                flow = e.execute(otherwise);
                e.scope = outer;
                return flow;
            }
            return Flow.NEXT;
        }

        private List<Object> chosen(Evaluation e, List<Object> items, Scope outer) {
            if (filter == null) {
                return items;
            }
            List<Object> kept = new ArrayList<>();
            for (Object item : items) {
                e.scope = new Scope(outer);
                target.assign(e, item);
                if (Values.truth(e.evaluate(filter))) {
                    kept.add(item);
                }
            }
            e.scope = outer;
            return kept;
        }
    }

    /** {@code set x = …}. */
    record Assign(Target target, Expression value, int line) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.line = line;
            target.assign(e, e.evaluate(value));
            return Flow.NEXT;
        }
    }

    /** {@code set x} … {@code endset}. */
    record Capture(Target target, List<Statement> body) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            target.assign(e, e.capture(body, new Scope(e.scope)));
            return Flow.NEXT;
        }
    }

    /** {@code with a = 1} … {@code endwith}. */
    record With(List<Assign> assignments, List<Statement> body) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            Scope outer = e.scope;
            e.scope = new Scope(outer);
            assignments.forEach(assignment -> assignment.execute(e));
            Flow flow = e.execute(body);
            e.scope = outer;
            return flow;
        }
    }

    /** {@code filter name} … {@code endfilter}; the filter reads what the body wrote from {@code INPUT}. */
    record FilterBlock(Expression filtered, List<Statement> body) implements Statement {
        /** A name that no template can write. */
        static final String INPUT = "filter input";

        @Override
        public Flow execute(Evaluation e) {
            Scope outer = e.scope;
            Text written = e.capture(body, new Scope(outer));
            e.scope = new Scope(outer);
            e.scope.set(INPUT, written);
            e.output.append(e.print(e.evaluate(filtered)));
            e.scope = outer;
            return Flow.NEXT;
        }
    }

    /** {@code macro name(…)}. */
    record DefineMacro(Macro macro) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.scope.set(macro.name(), macro.bind(e.scope, null));
            return Flow.NEXT;
        }
    }

    /** {@code call macro(…)} … {@code endcall}: the body is what {@code caller()} writes. */
    record CallBlock(Macro body, Expression call, int line) implements Statement {
        @Override
        public Flow execute(Evaluation e) {
            e.line = line;
            Scope outer = e.scope;
            e.scope = new Scope(outer);
            e.scope.set(Macro.CALLER, body.bind(outer, null));
            Object written = e.evaluate(call);
            e.scope = outer;
            e.output.append(e.print(written));
            return Flow.NEXT;
        }
    }
}
