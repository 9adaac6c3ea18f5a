package dev.locret.text.jinja;

import java.util.List;

/** What an assignment writes to: a name, an attribute of a namespace, or several names. */
sealed interface Target {
    void assign(Evaluation evaluation, Object value);

    /** {@code x}. */
    record Name(String name) implements Target {
        @Override
        public void assign(Evaluation e, Object value) {
            e.scope.set(name, value);
        }
    }

    /** {@code x.y}. */
    record Attribute(String name, String attribute) implements Target {
        @Override
        public void assign(Evaluation e, Object value) {
            Object object = e.scope.get(name);
            if (!(object instanceof Namespace)) {
                throw new Failure("cannot assign attribute on non-namespace object");
            }
            ((Namespace) object).attributes.put(attribute, value);
        }
    }

    /** {@code x, y}. */
    record Several(List<Target> targets) implements Target {
        @Override
        public void assign(Evaluation e, Object value) {
            List<Object> items = Values.items(e.budget, value);
            if (items.size() != targets.size()) {
                throw new Failure("cannot unpack " + items.size() + " values into " + targets.size() + " names");
            }
            for (int i = 0; i < items.size(); i++) {
                targets.get(i).assign(e, items.get(i));
            }
        }
    }
}
