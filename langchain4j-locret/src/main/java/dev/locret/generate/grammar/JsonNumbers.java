package dev.locret.generate.grammar;

import static dev.locret.generate.grammar.Regex.choice;
import static dev.locret.generate.grammar.Regex.literal;
import static dev.locret.generate.grammar.Regex.optional;
import static dev.locret.generate.grammar.Regex.sequence;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers between bounds, exactly. They have at most 18 digits before the point (more only where a bound has), {@value
 * #FRACTION} behind it (three more than a bound has) and two in the exponent, which only numbers without bounds have:
 * else a model could write digits for ever.
 */
final class JsonNumbers {
    /** Digits behind the point. */
    static final int FRACTION = 15;

    private static final BigInteger LARGEST = BigInteger.TEN.pow(18).subtract(BigInteger.ONE);

    private static final Regex DIGIT = Regex.characters('0', '9');

    /** A number without bounds. */
    static final Node NUMBER = RegexCompiler.whole(
                    sequence(
                            optional(literal("-")),
                            choice(literal("0"), sequence(Regex.characters('1', '9'), digits(0, 17))),
                            optional(sequence(literal("."), digits(1, FRACTION))),
                            optional(sequence(
                                    choice(literal("e"), literal("E")),
                                    optional(choice(literal("+"), literal("-"))),
                                    digits(1, 2)))),
                    new Budget())
            .bare(new Budget());

    /** An integer without bounds. */
    static final Node INTEGER =
            RegexCompiler.whole(integers(null, null), new Budget()).bare(new Budget());

    private JsonNumbers() {}

    private static Regex digits(int min, int max) {
        return new Regex.Repetition(DIGIT, min, max);
    }

    /**
     * Integers of {@code min..max}.
     *
     * @param min null for no bound
     * @param max null for no bound
     */
    static Regex integers(BigInteger min, BigInteger max) {
        BigInteger low = min != null ? min : LARGEST.negate().min(max == null ? LARGEST : max.subtract(LARGEST));
        BigInteger high = max != null ? max : LARGEST.max(min == null ? LARGEST : min.add(LARGEST));
        List<Regex> options = new ArrayList<>();
        if (low.signum() < 0) {
            BigInteger least = high.signum() < 0 ? high.negate() : BigInteger.ONE;
            options.add(sequence(literal("-"), natural(least, low.negate())));
        }
        if (high.signum() >= 0) {
            options.add(natural(low.max(BigInteger.ZERO), high));
        }
        return new Regex.Alternation(options);
    }

    /** Natural numbers of {@code low..high}, nothing if that is empty. */
    private static Regex natural(BigInteger low, BigInteger high) {
        if (low.compareTo(high) > 0) {
            return Regex.NOTHING;
        }
        List<Regex> options = new ArrayList<>();
        BigInteger from = low;
        while (from.compareTo(high) <= 0) {
            String first = from.toString();
            BigInteger longest = BigInteger.TEN.pow(first.length()).subtract(BigInteger.ONE);
            BigInteger to = longest.min(high);
            options.add(sameLength(first, to.toString()));
            from = to.add(BigInteger.ONE);
        }
        return new Regex.Alternation(options);
    }

    private static Regex sameLength(String low, String high) {
        if (low.isEmpty()) {
            return Regex.EMPTY;
        }
        if (low.chars().allMatch(d -> d == '0') && high.chars().allMatch(d -> d == '9')) {
            return digits(low.length(), low.length());
        }
        char a = low.charAt(0);
        char b = high.charAt(0);
        int rest = low.length() - 1;
        if (a == b) {
            return sequence(Regex.characters(a, a), sameLength(low.substring(1), high.substring(1)));
        }
        Regex above = sequence(Regex.characters(a, a), sameLength(low.substring(1), "9".repeat(rest)));
        Regex below = sequence(Regex.characters(b, b), sameLength("0".repeat(rest), high.substring(1)));
        return b - a < 2
                ? choice(above, below)
                : choice(above, sequence(Regex.characters(a + 1, b - 1), digits(rest, rest)), below);
    }

    /**
     * Numbers between two bounds, without exponent.
     *
     * @param min null for no bound
     * @param minExclusive whether {@code min} itself is left out
     * @param max null for no bound
     * @param maxExclusive whether {@code max} itself is left out
     */
    static Regex decimals(BigDecimal min, boolean minExclusive, BigDecimal max, boolean maxExclusive) {
        BigDecimal large = new BigDecimal(LARGEST);
        BigDecimal low = min != null ? min : large.negate().min(max == null ? large : max.subtract(large));
        BigDecimal high = max != null ? max : large.max(min == null ? large : min.add(large));
        List<Regex> options = new ArrayList<>();
        if (low.signum() < 0) {
            boolean toZero = high.signum() >= 0;
            Regex below = positive(
                    toZero ? BigDecimal.ZERO : high.negate(), toZero || maxExclusive, low.negate(), minExclusive);
            options.add(sequence(literal("-"), below));
        }
        if (high.signum() >= 0) {
            boolean fromZero = low.signum() < 0;
            options.add(positive(fromZero ? BigDecimal.ZERO : low, !fromZero && minExclusive, high, maxExclusive));
        }
        return new Regex.Alternation(options);
    }

    private static Regex positive(BigDecimal low, boolean lowExclusive, BigDecimal high, boolean highExclusive) {
        if (low.compareTo(high) > 0 || low.compareTo(high) == 0 && (lowExclusive || highExclusive)) {
            return Regex.NOTHING;
        }
        BigInteger first = low.setScale(0, RoundingMode.DOWN).toBigInteger();
        BigInteger last = high.setScale(0, RoundingMode.DOWN).toBigInteger();
        String lowDigits = fraction(low);
        String highDigits = fraction(high);
        int digits = Math.max(FRACTION, Math.max(lowDigits.length(), highDigits.length()) + 3);
        DecimalFractions fractions = new DecimalFractions(digits);
        if (first.equals(last)) {
            return sequence(
                    literal(first.toString()), fractions.between(lowDigits, lowExclusive, highDigits, highExclusive));
        }
        return choice(
                sequence(literal(first.toString()), fractions.between(lowDigits, lowExclusive, null, false)),
                sequence(natural(first.add(BigInteger.ONE), last.subtract(BigInteger.ONE)), fractions.any()),
                sequence(literal(last.toString()), fractions.between("", false, highDigits, highExclusive)));
    }

    /** Digits behind the point, without zeros at the end. */
    private static String fraction(BigDecimal value) {
        BigDecimal rest = value.remainder(BigDecimal.ONE).stripTrailingZeros();
        return rest.signum() == 0 ? "" : rest.toPlainString().substring(2);
    }
}
