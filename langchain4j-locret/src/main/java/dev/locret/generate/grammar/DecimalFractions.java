package dev.locret.generate.grammar;

import java.util.ArrayList;
import java.util.List;

/** What may stand behind the digits of a whole number: nothing, or a point and digits, between two bounds. */
final class DecimalFractions {
    private final int digits;

    /**
     * @param digits most digits; more than a bound has
     */
    DecimalFractions(int digits) {
        this.digits = digits;
    }

    Regex any() {
        return between("", false, null, false);
    }

    /**
     * @param low digits of the lower bound, without zeros at the end
     * @param high the same of the upper bound, or null for none
     */
    Regex between(String low, boolean lowExclusive, String high, boolean highExclusive) {
        List<Regex> options = new ArrayList<>();
        if (mayEnd(low, lowExclusive, high, highExclusive)) {
            options.add(Regex.EMPTY);
        }
        options.add(Regex.sequence(Regex.literal("."), digit(low, lowExclusive, high, highExclusive, digits)));
        return new Regex.Alternation(options);
    }

    /** Whether a fraction that ends here, as if zeros followed, lies between what is left of the bounds. */
    private static boolean mayEnd(String low, boolean lowExclusive, String high, boolean highExclusive) {
        boolean reachesLow = low == null || low.isEmpty() && !lowExclusive;
        return reachesLow && (high == null || !high.isEmpty() || !highExclusive);
    }

    /**
     * One digit and what may follow.
     *
     * @param low what is left of the bound, null once the digits before are above it
     * @param high what is left of the bound, null once the digits before are below it
     */
    private Regex digit(String low, boolean lowExclusive, String high, boolean highExclusive, int room) {
        if (low == null && high == null) {
            return new Regex.Repetition(Regex.characters('0', '9'), 1, room);
        }
        char least = low == null || low.isEmpty() ? '0' : low.charAt(0);
        char most = high == null ? '9' : high.isEmpty() ? '0' : high.charAt(0);
        List<Regex> options = new ArrayList<>();
        for (char first = least; first <= most; first++) {
            String lowRest = low == null || first > least ? null : low.isEmpty() ? "" : low.substring(1);
            String highRest = high == null || first < most ? null : high.isEmpty() ? "" : high.substring(1);
            char last = first;
            if (lowRest == null && highRest == null) {
                // All digits between those of the bounds are alike.
                last = high == null ? most : (char) (most - 1);
            }
            List<Regex> after = new ArrayList<>();
            if (mayEnd(lowRest, lowExclusive, highRest, highExclusive)) {
                after.add(Regex.EMPTY);
            }
            if (room > 1) {
                after.add(digit(lowRest, lowExclusive, highRest, highExclusive, room - 1));
            }
            options.add(Regex.sequence(Regex.characters(first, last), new Regex.Alternation(after)));
            first = last;
        }
        return new Regex.Alternation(options);
    }
}
