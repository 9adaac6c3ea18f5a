package dev.locret.generate.grammar;

import dev.locret.generate.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Walks through a grammar. */
public final class Walk {
    private Walk() {}

    /** Whether a grammar has a text, byte by byte. */
    static boolean accepts(Grammar grammar, String text) {
        TokenConstraint constraint = grammar.start(Vocabularies.bytes());
        return goes(constraint, text) && constraint.complete();
    }

    /** Whether a text is the beginning of a sentence. */
    static boolean begins(Grammar grammar, String text) {
        return goes(grammar.start(Vocabularies.bytes()), text);
    }

    private static boolean goes(TokenConstraint constraint, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (!allows(constraint.allowed(), b & 0xff)) {
                return false;
            }
            constraint.accept(b & 0xff);
        }
        return true;
    }

    static boolean allows(long[] mask, int token) {
        return token >> 6 < mask.length && (mask[token >> 6] >>> token & 1) != 0;
    }

    /** What a walk came to: its bytes, and whether it is a whole sentence. */
    public record Result(byte[] bytes, boolean complete, List<Integer> tokens) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * Takes allowed tokens at random: any of them, or one of those that bring structure, so that walks come to an end.
     */
    public static Result random(Grammar grammar, TokenVocabulary vocabulary, int maxTokens, Random random) {
        TokenConstraint constraint = grammar.start(vocabulary);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Integer> tokens = new ArrayList<>();
        while (tokens.size() < maxTokens && !constraint.finished()) {
            if (constraint.complete() && random.nextInt(3) == 0) {
                return new Result(bytes.toByteArray(), true, tokens);
            }
            int token = choose(constraint.allowed(), vocabulary, random);
            bytes.writeBytes(vocabulary.bytesOf(token));
            constraint.accept(token);
            tokens.add(token);
        }
        return new Result(bytes.toByteArray(), constraint.complete(), tokens);
    }

    private static int choose(long[] mask, TokenVocabulary vocabulary, Random random) {
        int start = random.nextInt(vocabulary.size());
        boolean closing = random.nextInt(3) > 0;
        int any = -1;
        for (int i = 0; i < vocabulary.size(); i++) {
            int token = (start + i) % vocabulary.size();
            if (allows(mask, token) && !vocabulary.isEnd(token)) {
                any = any < 0 ? token : any;
                byte first = vocabulary.bytesOf(token)[0];
                if (!closing || first == '"' || first == ']' || first == '}') {
                    return token;
                }
            }
        }
        return any;
    }
}
