package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Numbers and integers with their bounds. */
final class NumberRules {
    /** Most digits of a bound, before or behind the point. */
    private static final int MAX_DIGITS = 100;

    private BigDecimal min;
    private boolean minExclusive;
    private BigDecimal max;
    private boolean maxExclusive;

    private NumberRules(JsonNode schema, String path) {
        atLeast(bound(schema, "minimum", path), schema.path("exclusiveMinimum").booleanValue());
        atMost(bound(schema, "maximum", path), schema.path("exclusiveMaximum").booleanValue());
        // Draft 4 has a flag there, later drafts have a bound.
        if (!schema.path("exclusiveMinimum").isBoolean()) {
            atLeast(bound(schema, "exclusiveMinimum", path), true);
        }
        if (!schema.path("exclusiveMaximum").isBoolean()) {
            atMost(bound(schema, "exclusiveMaximum", path), true);
        }
    }

    static Node node(ObjectNode schema, boolean integer, String path, Budget budget) {
        NumberRules rules = new NumberRules(schema, path);
        String format = schema.path("format").asText("");
        if (integer && format.matches("int(32|64)")) {
            int bits = format.equals("int32") ? 31 : 63;
            BigDecimal limit = new BigDecimal(BigInteger.TWO.pow(bits));
            rules.atLeast(limit.negate(), false);
            rules.atMost(limit, true);
        }
        return rules.node(integer, schema, path, budget);
    }

    private Node node(boolean integer, ObjectNode schema, String path, Budget budget) {
        BigDecimal step = bound(schema, "multipleOf", path);
        if (step != null) {
            return new NumberSteps(step, budget).node(integer, this::text, schema, path);
        }
        if (min == null && max == null) {
            return integer ? JsonNumbers.INTEGER : JsonNumbers.NUMBER;
        }
        return RegexCompiler.whole(text(integer), budget).bare(budget);
    }

    private Regex text(boolean integer) {
        return integer
                ? JsonNumbers.integers(least(), most())
                : JsonNumbers.decimals(min, minExclusive, max, maxExclusive);
    }

    private BigInteger least() {
        if (min == null) {
            return null;
        }
        BigInteger rounded = min.setScale(0, RoundingMode.CEILING).toBigInteger();
        return minExclusive && new BigDecimal(rounded).compareTo(min) == 0 ? rounded.add(BigInteger.ONE) : rounded;
    }

    private BigInteger most() {
        if (max == null) {
            return null;
        }
        BigInteger rounded = max.setScale(0, RoundingMode.FLOOR).toBigInteger();
        return maxExclusive && new BigDecimal(rounded).compareTo(max) == 0 ? rounded.subtract(BigInteger.ONE) : rounded;
    }

    private void atLeast(BigDecimal bound, boolean exclusive) {
        int order = bound == null ? -1 : min == null ? 1 : bound.compareTo(min);
        if (order >= 0) {
            minExclusive = order > 0 ? exclusive : exclusive || minExclusive;
            min = bound;
        }
    }

    private void atMost(BigDecimal bound, boolean exclusive) {
        int order = bound == null ? 1 : max == null ? -1 : bound.compareTo(max);
        if (order <= 0) {
            maxExclusive = order < 0 ? exclusive : exclusive || maxExclusive;
            max = bound;
        }
    }

    private static BigDecimal bound(JsonNode schema, String keyword, String path) {
        JsonNode value = schema.get(keyword);
        return value == null ? null : value(value, keyword, path);
    }

    /** A number of a schema, which must not be too long to compare digit by digit. */
    static BigDecimal value(JsonNode value, String keyword, String path) {
        boolean finite = value.isNumber() && (!value.isFloatingPointNumber() || Double.isFinite(value.doubleValue()));
        BigDecimal number = finite ? value.decimalValue() : null;
        if (number != null
                && Math.abs((long) number.precision() - number.scale()) <= MAX_DIGITS
                && Math.abs((long) number.scale()) <= MAX_DIGITS) {
            return number;
        }
        throw SchemaErrors.at(
                path,
                "bound is no number of at most " + MAX_DIGITS + " digits: " + keyword + "="
                        + SchemaErrors.shortened(value.toString()));
    }
}
