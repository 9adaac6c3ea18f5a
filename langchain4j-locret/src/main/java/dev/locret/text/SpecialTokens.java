package dev.locret.text;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the tokens that are taken whole out of a text before it is cut into words. */
final class SpecialTokens {
    /**
     * A token that is found by its text.
     *
     * @param special whether only trusted text may name it
     * @param stripsLeft whether white space in front of it goes
     * @param stripsRight whether white space behind it goes
     */
    record Token(int id, String text, boolean special, boolean stripsLeft, boolean stripsRight) {}

    /** A piece of a text: a token's id, or a run of characters with id -1. */
    record Fragment(int id, String text) {}

    /** Characters up to {@code end} that are trusted or not. */
    record Region(int end, boolean trusted) {}

    /** Characters of all tokens together: each may cost a node of the search tree; published vocabularies have 100,000. */
    private static final int MAX_CHARACTERS = 1_000_000;

    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();
        Token token;
    }

    private final Node root = new Node();

    SpecialTokens(List<Token> tokens, String source) {
        long characters = tokens.stream().mapToLong(t -> t.text().length()).sum();
        if (characters > MAX_CHARACTERS) {
            throw new LocretException(
                    ErrorId.TOKENIZER,
                    "tokenizer: special and user-defined tokens have " + characters + " characters, allowed are "
                            + MAX_CHARACTERS + ": " + source);
        }
        for (Token token : tokens) {
            Node node = root;
            for (int i = 0; i < token.text().length(); i++) {
                node = node.next.computeIfAbsent(token.text().charAt(i), c -> new Node());
            }
            node.token = token;
        }
        // An empty text would be found everywhere.
        root.token = null;
    }

    /**
     * Cuts a text at the tokens in it, leftmost first and longest first. A special token counts only if all its
     * characters are trusted.
     *
     * @param regions ascending; the last ends where the text ends
     */
    List<Fragment> partition(String text, List<Region> regions) {
        List<Fragment> fragments = new ArrayList<>();
        int from = 0;
        int region = 0;
        for (int i = 0; i < text.length(); ) {
            while (regions.get(region).end() <= i) {
                region++;
            }
            Token found = longestAt(text, i, regions.get(region));
            if (found == null) {
                i++;
                continue;
            }
            int to = i;
            while (found.stripsLeft() && to > from && isSpace(text.charAt(to - 1))) {
                to--;
            }
            if (to > from) {
                fragments.add(new Fragment(-1, text.substring(from, to)));
            }
            fragments.add(new Fragment(found.id(), found.text()));
            i += found.text().length();
            while (found.stripsRight() && i < text.length() && isSpace(text.charAt(i))) {
                i++;
            }
            from = i;
        }
        if (from < text.length()) {
            fragments.add(new Fragment(-1, text.substring(from)));
        }
        return fragments;
    }

    private Token longestAt(String text, int start, Region region) {
        Node node = root;
        Token longest = null;
        for (int i = start; i < text.length(); i++) {
            node = node.next.get(text.charAt(i));
            if (node == null) {
                break;
            }
            Token token = node.token;
            if (token != null && (!token.special() || region.trusted() && i < region.end())) {
                longest = token;
            }
        }
        return longest;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
