package dev.locret.generate.grammar;

import java.util.Arrays;
import java.util.List;

/** A set of code points, surrogates never among them. Immutable. */
final class CodePoints {
    /** Every character. */
    static final CodePoints ALL = new CodePoints(new int[] {0, 0xd7ff, 0xe000, Character.MAX_CODE_POINT});

    private static final CodePoints NONE = new CodePoints(new int[0]);

    /** First and last of each range in turn, ascending, not touching each other. */
    private final int[] bounds;

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    static CodePoints none() {
        return NONE;
    }

    static CodePoints of(int low, int high) {
        return new CodePoints(new int[] {low, high}).intersect(ALL);
    }

    /** The characters of a text. */
    static CodePoints anyOf(String characters) {
        return characters.codePoints().mapToObj(c -> of(c, c)).reduce(NONE, CodePoints::union);
    }

    /** The union of ascending sets that do not touch each other. */
    static CodePoints ofAscending(List<CodePoints> sets) {
        return new CodePoints(
                sets.stream().flatMapToInt(s -> Arrays.stream(s.bounds)).toArray());
    }

    CodePoints union(CodePoints other) {
        return complement().intersect(other.complement()).complement();
    }

    CodePoints minus(CodePoints other) {
        return intersect(other.complement());
    }

    /** All characters that are not in this set. */
    CodePoints complement() {
        int[] gaps = new int[bounds.length + 2];
        int count = 0;
        int from = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] > from) {
                gaps[count++] = from;
                gaps[count++] = bounds[i] - 1;
            }
            from = bounds[i + 1] + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            gaps[count++] = from;
            gaps[count++] = Character.MAX_CODE_POINT;
        }
        CodePoints inverse = new CodePoints(Arrays.copyOf(gaps, count));
        return inverse.intersect(ALL);
    }

    CodePoints intersect(CodePoints other) {
        int[] common = new int[bounds.length + other.bounds.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < bounds.length && j < other.bounds.length) {
            int low = Math.max(bounds[i], other.bounds[j]);
            int high = Math.min(bounds[i + 1], other.bounds[j + 1]);
            if (low <= high) {
                common[count++] = low;
                common[count++] = high;
            }
            if (bounds[i + 1] < other.bounds[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return new CodePoints(Arrays.copyOf(common, count));
    }

    boolean contains(int codePoint) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (codePoint <= bounds[i + 1]) {
                return codePoint >= bounds[i];
            }
        }
        return false;
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    /** First and last of each range in turn, ascending. */
    int[] bounds() {
        return bounds.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints && Arrays.equals(bounds, ((CodePoints) other).bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }
}
