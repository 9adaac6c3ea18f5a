package dev.locret.text.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What may stand behind {@code is}. */
final class Tests {
    /** A named test. */
    @FunctionalInterface
    interface Test {
        boolean holds(Evaluation evaluation, Object value, Arguments arguments);
    }

    private static final Map<String, Test> TESTS = new HashMap<>();

    static {
        TESTS.put("defined", (e, v, a) -> !(v instanceof Undefined));
        TESTS.put("undefined", (e, v, a) -> v instanceof Undefined);
        TESTS.put("none", (e, v, a) -> v == null);
        TESTS.put("string", (e, v, a) -> v instanceof Text);
        TESTS.put("mapping", (e, v, a) -> v instanceof Map);
        TESTS.put("sequence", (e, v, a) -> v instanceof Text || v instanceof List || v instanceof Map);
        // An undefined value can be looped over, and jinja2 says so.
        TESTS.put(
                "iterable",
                (e, v, a) -> v instanceof Text || v instanceof List || v instanceof Map || v instanceof Undefined);
        TESTS.put("number", (e, v, a) -> Values.isNumber(v));
        TESTS.put("integer", (e, v, a) -> v instanceof Long);
        TESTS.put("float", (e, v, a) -> v instanceof Double);
        TESTS.put("boolean", (e, v, a) -> v instanceof Boolean);
        TESTS.put("true", (e, v, a) -> Boolean.TRUE.equals(v));
        TESTS.put("false", (e, v, a) -> Boolean.FALSE.equals(v));
        TESTS.put("callable", (e, v, a) -> v instanceof Callable);
        TESTS.put("odd", (e, v, a) -> Math.floorMod(Values.integer(v, "value"), 2L) == 1);
        TESTS.put("even", (e, v, a) -> Math.floorMod(Values.integer(v, "value"), 2L) == 0);
        TESTS.put(
                "divisibleby",
                (e, v, a) -> Values.integer(Operators.binary(e, "%", v, a.require(0, "num")), "remainder") == 0);
        TESTS.put("lower", (e, v, a) -> TextMethods.cased(e.print(v), Character::isLowerCase, Character::isUpperCase));
        TESTS.put("upper", (e, v, a) -> TextMethods.cased(e.print(v), Character::isUpperCase, Character::isLowerCase));
        TESTS.put(
                "sameas",
                (e, v, a) -> v instanceof Long || v instanceof Text
                        ? Values.equal(e.budget, v, a.require(0, "other"))
                        : v == a.require(0, "other"));
        comparison("==", "eq", "equalto");
        comparison("!=", "ne");
        comparison("<", "lt", "lessthan");
        comparison("<=", "le");
        comparison(">", "gt", "greaterthan");
        comparison(">=", "ge");
        comparison("in");
    }

    private Tests() {}

    private static void comparison(String operator, String... names) {
        Test test = (e, v, a) -> Operators.compare(e, operator, v, a.require(0, "other"));
        TESTS.put(operator, test);
        for (String name : names) {
            TESTS.put(name, test);
        }
    }

    static Test find(String name) {
        return TESTS.get(name);
    }
}
