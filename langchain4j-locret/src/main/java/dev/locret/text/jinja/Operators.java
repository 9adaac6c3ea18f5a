package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** Arithmetic and comparison with Python's results. */
final class Operators {
    private Operators() {}

    static Object binary(Evaluation e, String operator, Object a, Object b) {
        if (a instanceof Undefined) {
            throw ((Undefined) a).failure();
        }
        if (b instanceof Undefined) {
            throw ((Undefined) b).failure();
        }
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return number(operator, a, b);
        }
        if (operator.equals("+") && a instanceof Text && b instanceof Text) {
            return new TextBuilder(e.budget).append((Text) a).append((Text) b).build();
        }
        if (operator.equals("+") && a instanceof List && b instanceof List) {
            List<?> left = (List<?>) a;
            List<?> right = (List<?>) b;
            e.budget.items((long) left.size() + right.size());
            List<Object> sum = new ArrayList<>(left);
            sum.addAll(right);
            return sum;
        }
        if (operator.equals("*") && (Values.isNumber(a) || Values.isNumber(b))) {
            Object sequence = Values.isNumber(a) ? b : a;
            Object times = Values.isNumber(a) ? a : b;
            if (!(times instanceof Double)) {
                return repeat(e, sequence, Math.max(0, Values.integer(times, "factor")));
            }
        }
        if (operator.equals("+") && a instanceof Text) {
            throw new Failure("can only concatenate str (not \"" + Values.typeName(b) + "\") to str");
        }
        throw unsupported(operator, a, b);
    }

    private static Failure unsupported(String operator, Object a, Object b) {
        return new Failure("unsupported operand type(s) for " + operator + ": '" + Values.typeName(a) + "' and '"
                + Values.typeName(b) + "'");
    }

    private static Object repeat(Evaluation e, Object sequence, long times) {
        if (sequence instanceof Text) {
            Text text = (Text) sequence;
            TextBuilder repeated = new TextBuilder(e.budget);
            for (long i = 0; i < times && !text.isEmpty(); i++) {
                e.budget.step();
                repeated.append(text);
            }
            return repeated.build();
        }
        if (sequence instanceof List) {
            List<?> list = (List<?>) sequence;
            List<Object> repeated = new ArrayList<>();
            for (long i = 0; i < times && !list.isEmpty(); i++) {
                e.budget.items((long) repeated.size() + list.size());
                repeated.addAll(list);
            }
            return repeated;
        }
        throw unsupported("*", sequence, times);
    }

    private static Object number(String operator, Object a, Object b) {
        try {
            return a instanceof Double || b instanceof Double || operator.equals("/")
                    ? real(operator, Values.real(a), Values.real(b))
                    : integer(operator, Values.integer(a, "operand"), Values.integer(b, "operand"));
        } catch (ArithmeticException overflow) {
            throw new Failure("result of '" + operator + "' does not fit 64 bits");
        }
    }

    private static Object integer(String operator, long a, long b) {
        switch (operator) {
            case "+":
                return Math.addExact(a, b);
            case "-":
                return Math.subtractExact(a, b);
            case "*":
                return Math.multiplyExact(a, b);
            case "//":
                return Math.floorDiv(a, nonZero(b));
            case "%":
                return Math.floorMod(a, nonZero(b));
            default:
                return power(a, b);
        }
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new Failure("integer division or modulo by zero");
        }
        return divisor;
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return Math.pow(base, exponent);
        }
        if (exponent > 64 && base != 0 && base != 1 && base != -1) {
            throw new ArithmeticException("overflow");
        }
        long result = 1;
        // An exponent above 64 has a base of 0 or ±1 here: only its parity matters.
        long rounds = exponent > 64 ? 64 + (exponent & 1) : exponent;
        for (long i = 0; i < rounds; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static Object real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new Failure("division by zero");
        }
        switch (operator) {
            case "+":
                return a + b;
            case "-":
                return a - b;
            case "*":
                return a * b;
            case "/":
                return a / b;
            case "//":
                return Math.floor(a / b);
            case "%":
                return a - b * Math.floor(a / b);
            default:
                return Math.pow(a, b);
        }
    }

    static Object negate(Object value) {
        if (value instanceof Double) {
            return -(Double) value;
        }
        return number("-", 0L, Values.integer(value, "operand of unary -"));
    }

    static boolean compare(Evaluation e, String operator, Object a, Object b) {
        switch (operator) {
            case "==":
                return Values.equal(e.budget, a, b);
            case "!=":
                return !Values.equal(e.budget, a, b);
            case "<":
                return Values.compare(e.budget, a, b, operator) < 0;
            case "<=":
                return Values.compare(e.budget, a, b, operator) <= 0;
            case ">":
                return Values.compare(e.budget, a, b, operator) > 0;
            case ">=":
                return Values.compare(e.budget, a, b, operator) >= 0;
            case "in":
                return Values.contains(e.budget, b, a);
            default:
                return !Values.contains(e.budget, b, a);
        }
    }
}
