package dev.locret.generate.grammar;

import dev.locret.format.GgufFile;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Vocabularies of tests: single bytes, SmolLM2's 49,152 tokens, and a made-up one of 128,256. */
public final class Vocabularies {
    private static final int BYTES_END = 256;

    private Vocabularies() {}

    private static final class Holder {
        private static final Tokenizer TOKENIZER = Tokenizer.fromGguf(
                GgufFile.open(DemoModel.path()).metadata(), DemoModel.path().toString());
        private static final TokenVocabulary SMOL = TokenVocabulary.of(TOKENIZER, TOKENIZER.eosIds());
        private static final TokenVocabulary LARGE = makeLarge();
    }

    /** Every byte is a token of its value; 256 ends. */
    static TokenVocabulary bytes() {
        return TokenVocabulary.of(257, id -> new byte[] {(byte) id}, List.of(BYTES_END));
    }

    public static TokenVocabulary smol() {
        return Holder.SMOL;
    }

    static Tokenizer smolTokenizer() {
        return Holder.TOKENIZER;
    }

    /** As large as Llama 3's: bytes, SmolLM2's tokens, and pieces of them put together; token 128,000 ends. */
    public static TokenVocabulary large() {
        return Holder.LARGE;
    }

    private static TokenVocabulary makeLarge() {
        List<byte[]> tokens = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (int b = 0; b < 256; b++) {
            add(new byte[] {(byte) b}, tokens, seen);
        }
        Tokenizer smol = smolTokenizer();
        int size = smol.vocabularySize();
        for (int id = 0; id < size; id++) {
            if (!smol.isSpecial(id)) {
                add(smol.bytesOf(id), tokens, seen);
            }
        }
        Random random = new Random(1);
        while (tokens.size() < 128_256) {
            byte[] a = tokens.get(random.nextInt(size));
            byte[] b = tokens.get(random.nextInt(size));
            byte[] both = new byte[a.length + b.length];
            System.arraycopy(a, 0, both, 0, a.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            if (both.length <= 16) {
                add(both, tokens, seen);
            }
        }
        return TokenVocabulary.of(128_256, tokens::get, List.of(128_000));
    }

    private static void add(byte[] token, List<byte[]> tokens, Set<String> seen) {
        if (token.length > 0 && seen.add(new String(token, StandardCharsets.ISO_8859_1))) {
            tokens.add(token);
        }
    }
}
