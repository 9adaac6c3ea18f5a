package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * The tokens of a model by their bytes, as grammars walk them. Made once for a model; immutable and safe for several
 * threads.
 */
public final class TokenVocabulary {
    /** Longer tokens are never allowed: published ones of this length are runs of blanks. */
    private static final int MAX_TOKEN_BYTES = 256;

    private final byte[][] bytes;
    private final int[] ends;
    private final int words;
    private final TokenTrie all;
    private final PlainTokens plain;
    private final TokenTrie others;

    private TokenVocabulary(byte[][] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
        this.words = bytes.length + 63 >> 6;
        int[] tokens = new int[bytes.length];
        int count = 0;
        for (int token = 0; token < bytes.length; token++) {
            if (bytes[token] != null) {
                tokens[count++] = token;
            }
        }
        tokens = Arrays.copyOf(tokens, count);
        this.all = new TokenTrie(tokens, bytes);
        this.plain = new PlainTokens(tokens, bytes, words);
        this.others = new TokenTrie(plain.others(), bytes);
    }

    /**
     * The vocabulary of a tokenizer. Control tokens are no part of any text; a grammar has them only where it asks for
     * them by name.
     *
     * @param ends tokens that end an answer; ids beyond the vocabulary are left out
     */
    public static TokenVocabulary of(Tokenizer tokenizer, Collection<Integer> ends) {
        int size = tokenizer.vocabularySize();
        List<Integer> known = ends.stream().filter(id -> id < size).toList();
        return of(size, id -> tokenizer.isSpecial(id) ? control(tokenizer.nameOf(id)) : tokenizer.bytesOf(id), known);
    }

    /** The bytes by which grammars know a control token: they begin with one that occurs in no UTF-8. */
    static byte[] control(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[utf8.length + 1];
        bytes[0] = (byte) 0xff;
        System.arraycopy(utf8, 0, bytes, 1, utf8.length);
        return bytes;
    }

    /**
     * A vocabulary by its tokens' bytes.
     *
     * @param size number of ids
     * @param bytesOf bytes of an id, null or empty for one that is never allowed
     * @param ends tokens that end an answer
     */
    public static TokenVocabulary of(int size, IntFunction<byte[]> bytesOf, Collection<Integer> ends) {
        Checks.inRange("vocabulary", size, 1, 1 << 24);
        byte[][] bytes = new byte[size][];
        for (int token = 0; token < size; token++) {
            byte[] own = ends.contains(token) ? null : bytesOf.apply(token);
            bytes[token] = own == null || own.length == 0 || own.length > MAX_TOKEN_BYTES ? null : own.clone();
        }
        for (int end : ends) {
            Checks.inRange("end-token", end, 0, size - 1);
        }
        return new TokenVocabulary(
                bytes, new TreeSet<>(ends).stream().mapToInt(Integer::intValue).toArray());
    }

    /** Number of ids. */
    public int size() {
        return bytes.length;
    }

    /** Words of a mask. */
    int words() {
        return words;
    }

    /** The bytes of a token, or null if it is never part of a text. */
    byte[] bytesOf(int token) {
        return bytes[token];
    }

    boolean isEnd(int token) {
        return Arrays.binarySearch(ends, token) >= 0;
    }

    /** Adds the end tokens to a mask. */
    void addEnds(long[] mask) {
        for (int end : ends) {
            mask[end >> 6] |= 1L << end;
        }
    }

    /** All tokens. */
    TokenTrie all() {
        return all;
    }

    /** Tokens that are nothing but characters of a JSON string. */
    PlainTokens plain() {
        return plain;
    }

    /** All tokens that are not {@link #plain()}. */
    TokenTrie others() {
        return others;
    }
}
