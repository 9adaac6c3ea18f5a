package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Methods of mappings and lists that change nothing; the others do not exist here. */
final class ContainerMethods {
    private ContainerMethods() {}

    static Callable ofMap(Map<?, ?> self, String name) {
        switch (name) {
            case "items":
                return (e, a) -> items(e, self);
            case "keys":
                return (e, a) -> Values.items(e.budget, self);
            case "values":
                return (e, a) -> new ArrayList<Object>(self.values());
            case "get":
                return (e, a) -> {
                    Object key = a.require(0, "key");
                    return self.containsKey(key) ? self.get(key) : a.get(1, "default", null);
                };
            default:
                return null;
        }
    }

    static Callable ofList(List<?> self, String name) {
        switch (name) {
            case "index":
                return (e, a) -> {
                    Object wanted = a.require(0, "value");
                    for (int i = 0; i < self.size(); i++) {
                        if (Values.equal(e.budget, self.get(i), wanted)) {
                            return (long) i;
                        }
                    }
                    throw new Failure(e.print(wanted) + " is not in list");
                };
            case "count":
                return (e, a) -> {
                    Object wanted = a.require(0, "value");
                    return self.stream()
                            .filter(v -> Values.equal(e.budget, v, wanted))
                            .count();
                };
            default:
                return null;
        }
    }

    /** The pairs of a mapping. */
    static List<Object> items(Evaluation e, Map<?, ?> map) {
        e.budget.items(map.size());
        List<Object> pairs = new ArrayList<>(map.size());
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }
}
