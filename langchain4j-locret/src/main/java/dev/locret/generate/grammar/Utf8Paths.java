package dev.locret.generate.grammar;

import dev.locret.generate.grammar.ByteTable.Path;
import dev.locret.generate.grammar.ByteTable.Range;
import java.util.ArrayList;
import java.util.List;

/** Ranges of code points as byte strings of UTF-8. */
final class Utf8Paths {
    private static final int[] LAST_OF_LENGTH = {0x7f, 0x7ff, 0xffff, 0x10ffff};

    private Utf8Paths() {}

    /**
     * Paths for code points {@code low..high}, surrogates left out.
     *
     * @param target state after the character
     */
    static void add(int low, int high, int target, List<Path> out) {
        if (low <= 0xdfff && high >= 0xd800) {
            if (low < 0xd800) {
                add(low, 0xd7ff, target, out);
            }
            if (high > 0xdfff) {
                add(0xe000, high, target, out);
            }
            return;
        }
        for (int last : LAST_OF_LENGTH) {
            if (low <= last && high > last) {
                add(low, last, target, out);
                add(last + 1, high, target, out);
                return;
            }
        }
        addOfOneLength(low, high, target, out);
    }

    private static void addOfOneLength(int low, int high, int target, List<Path> out) {
        int bytes = low <= 0x7f ? 1 : low <= 0x7ff ? 2 : low <= 0xffff ? 3 : 4;
        // Where the ends differ in a byte, all bytes behind it must run over their whole range.
        for (int behind = 1; behind < bytes; behind++) {
            int tail = (1 << 6 * behind) - 1;
            if ((low & ~tail) != (high & ~tail)) {
                if ((low & tail) != 0) {
                    addOfOneLength(low, low | tail, target, out);
                    addOfOneLength((low | tail) + 1, high, target, out);
                    return;
                }
                if ((high & tail) != tail) {
                    addOfOneLength(low, (high & ~tail) - 1, target, out);
                    addOfOneLength(high & ~tail, high, target, out);
                    return;
                }
            }
        }
        int[] first = encode(low, bytes);
        int[] last = encode(high, bytes);
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < bytes; i++) {
            ranges.add(new Range(first[i], last[i]));
        }
        out.add(new Path(ranges, target));
    }

    private static int[] encode(int codePoint, int bytes) {
        if (bytes == 1) {
            return new int[] {codePoint};
        }
        int[] encoded = new int[bytes];
        int rest = codePoint;
        for (int i = bytes - 1; i > 0; i--) {
            encoded[i] = 0x80 | rest & 0x3f;
            rest >>= 6;
        }
        encoded[0] = 0xff00 >> bytes & 0xff | rest;
        return encoded;
    }
}
