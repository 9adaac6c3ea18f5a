package dev.locret.generate.grammar;

import java.util.Arrays;

/**
 * Tokens by their bytes, as a tree in depth-first order: a walk reads straight through its arrays, and jumps over what
 * lies below a node by going to {@link #end}.
 */
final class TokenTrie {
    final byte[] labels;
    /** Depth of a node, 1 for a first byte. */
    final int[] depths;
    /** The first node that is not below a node. */
    final int[] ends;
    /** Tokens of node {@code i}: {@code tokens[firsts[i]] .. tokens[firsts[i + 1] - 1]}. */
    final int[] firsts;

    final int[] tokens;
    final int maxDepth;

    /**
     * @param tokens ids in any order
     * @param bytes bytes by id, none of them empty
     */
    TokenTrie(int[] tokens, byte[][] bytes) {
        this.tokens = Arrays.stream(tokens)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int size = countNodes(bytes);
        labels = new byte[size];
        depths = new int[size];
        ends = new int[size];
        firsts = new int[size + 1];
        int deepest = 0;
        for (int token : tokens) {
            deepest = Math.max(deepest, bytes[token].length);
        }
        maxDepth = deepest;
        fill(bytes);
    }

    private int countNodes(byte[][] bytes) {
        int count = 0;
        byte[] last = {};
        for (int token : tokens) {
            count += bytes[token].length - common(last, bytes[token]);
            last = bytes[token];
        }
        return count;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    private void fill(byte[][] bytes) {
        int[] path = new int[maxDepth + 1];
        int count = 0;
        byte[] last = {};
        for (int i = 0; i < tokens.length; i++) {
            byte[] token = bytes[tokens[i]];
            int shared = common(last, token);
            for (int depth = last.length; depth > shared; depth--) {
                ends[path[depth]] = count;
            }
            for (int depth = shared + 1; depth <= token.length; depth++) {
                labels[count] = token[depth - 1];
                depths[count] = depth;
                firsts[count] = i;
                path[depth] = count++;
            }
            last = token;
        }
        for (int depth = last.length; depth > 0; depth--) {
            ends[path[depth]] = count;
        }
        firsts[count] = tokens.length;
        // A node without a token of its own begins where the first node below it does, and has none.
        for (int i = count - 1; i >= 0; i--) {
            int first = firsts[i];
            int own = first < tokens.length && bytes[tokens[first]].length == depths[i] ? first : -1;
            firsts[i] = own < 0 ? firsts[i + 1] : first;
        }
    }

    int size() {
        return labels.length;
    }
}
