package dev.locret.text;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.SpecialTokens.Fragment;
import dev.locret.text.SpecialTokens.Region;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Text to token ids and back, for a {@code tokenizer.json} or the tokenizer inside a GGUF file; both run in Hugging
 * Face's library.
 *
 * <p><b>Special tokens.</b> Control tokens such as {@code <|im_end|>} are found here, not in the library, and only in
 * text that is trusted; the library knows them under names that nobody can guess, so no text makes it produce one.
 * User-defined tokens are text that is always one token, trusted or not.
 *
 * <p>Immutable, safe to share between threads. Errors are {@link LocretException}s: {@code tokenizer} while loading,
 * {@code invalid-prompt} for ids outside the vocabulary.
 */
public final class Tokenizer {
    /** System property that names the pre-tokenizer of a GGUF file that names none or an unknown one. */
    public static final String PRE_TOKENIZER_PROPERTY = "locret.tokenizer.pre";

    private final TokenizerParts parts;

    Tokenizer(TokenizerParts parts) {
        this.parts = parts;
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @param tokenizerConfig {@code tokenizer_config.json}, which names BOS and EOS, or null
     */
    public static Tokenizer fromJson(Path tokenizerJson, Path tokenizerConfig) {
        return new Tokenizer(TokenizerJson.read(tokenizerJson, tokenizerConfig));
    }

    /**
     * Takes the tokenizer from a GGUF file's metadata.
     *
     * @param metadata values by key; arrays are lists, integers {@code Long}, floats {@code Double}
     * @param source the file, for messages
     */
    public static Tokenizer fromGguf(Map<String, ?> metadata, String source) {
        return fromGguf(metadata, source, System.getProperty(PRE_TOKENIZER_PROPERTY));
    }

    /** As above, with the pre-tokenizer named {@code preTokenizer} instead of the file's own, unless null. */
    public static Tokenizer fromGguf(Map<String, ?> metadata, String source, String preTokenizer) {
        return new Tokenizer(GgufTokenizer.read(metadata, source, preTokenizer));
    }

    /**
     * Token ids of a text. BOS is not added.
     *
     * @param parseSpecial whether special tokens written in the text become their ids; else they stay plain text
     */
    public int[] encode(String text, boolean parseSpecial) {
        Checks.notNull("text", text);
        IntList ids = new IntList();
        encode(text, List.of(new Region(text.length(), parseSpecial)), ids);
        return ids.toArray();
    }

    /**
     * Token ids of a rendered prompt. Special tokens count in trusted spans only; words run on across spans. If this
     * tokenizer adds BOS, the ids begin with exactly one, whether or not the template wrote it; if not, none is added
     * or removed.
     */
    public int[] encodePrompt(List<PromptSpan> spans) {
        StringBuilder text = new StringBuilder();
        List<Region> regions = new ArrayList<>();
        for (PromptSpan span : spans) {
            text.append(span.text());
            int last = regions.size() - 1;
            if (last >= 0 && regions.get(last).trusted() == span.trusted()) {
                regions.remove(last);
            }
            regions.add(new Region(text.length(), span.trusted()));
        }
        IntList ids = new IntList();
        encode(text.toString(), regions, ids);
        int[] encoded = ids.toArray();
        if (!parts.addsBos()) {
            return encoded;
        }
        int written = 0;
        while (written < encoded.length && encoded[written] == parts.bosId()) {
            written++;
        }
        int[] prompt = new int[encoded.length - written + 1];
        prompt[0] = parts.bosId();
        System.arraycopy(encoded, written, prompt, 1, encoded.length - written);
        return prompt;
    }

    private void encode(String text, List<Region> regions, IntList ids) {
        boolean afterToken = false;
        boolean first = true;
        for (Fragment fragment : parts.specials().partition(text, regions)) {
            if (fragment.id() >= 0) {
                ids.add(fragment.id());
                afterToken = true;
            } else {
                parts.encoder().encode(fragment.text(), first, afterToken, ids);
                afterToken = false;
            }
            first = false;
        }
    }

    /** Text of token ids, as {@link IncrementalDecoder} gives it; {@code skipSpecial} leaves special tokens out. */
    public String decode(int[] ids, boolean skipSpecial) {
        IncrementalDecoder decoder = new IncrementalDecoder(this, skipSpecial);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.append(id));
        }
        return text.append(decoder.finish()).toString();
    }

    /** Number of ids, unused ones included. */
    public int vocabularySize() {
        return parts.vocabulary().size();
    }

    /** Whether a prompt begins with BOS. */
    public boolean addsBos() {
        return parts.addsBos();
    }

    /** The beginning-of-text token. */
    public OptionalInt bosId() {
        return parts.bosId() < 0 ? OptionalInt.empty() : OptionalInt.of(parts.bosId());
    }

    /** The end-of-text token, by the name of {@code eos_token} in templates; other tokens may end an answer too. */
    public OptionalInt eosId() {
        return parts.eosId() < 0 ? OptionalInt.empty() : OptionalInt.of(parts.eosId());
    }

    /** Every token that ends an answer, ascending. */
    public List<Integer> eosIds() {
        return parts.eosIds();
    }

    /** Whether a token means something other than its text. */
    public boolean isSpecial(int id) {
        check(id);
        return parts.vocabulary().kinds().get(id).isSpecial();
    }

    /** The bytes a token adds to a text, possibly part of a character; a special token's are its name. */
    public byte[] bytesOf(int id) {
        check(id);
        return parts.vocabulary().bytes(id);
    }

    /** The token's name as written in the vocabulary, or empty if the id is unused. */
    public String nameOf(int id) {
        check(id);
        String name = parts.vocabulary().texts().get(id);
        return name == null ? "" : name;
    }

    /** Whether the first word of a text is encoded with a space in front, which decoding takes away. */
    boolean startsWithSpace() {
        return parts.startsWithSpace();
    }

    private void check(int id) {
        if (id < 0 || id >= vocabularySize()) {
            throw new LocretException(
                    ErrorId.INVALID_PROMPT,
                    "token id out of range: id=" + id + ", vocabulary=" + vocabularySize() + ": " + parts.source());
        }
    }

    /** A growing array of ids. */
    static final class IntList {
        private int[] values = new int[64];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(size, 2));
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
