package dev.locret.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a byte-level vocabulary cuts text into words before merging: what {@code tokenizer.ggml.pre} names. The table is
 * {@code pre-tokenizers.json} beside this class; its patterns are those of the models' own tokenizers.
 *
 * @param names every name for it
 * @param patterns each applied to all pieces that the ones before it left, matches and the rest alike
 * @param ignoreMerges whether a word that is in the vocabulary is taken whole
 * @param addsBos whether BOS is added when the file does not say
 */
record PreTokenizer(List<String> names, List<String> patterns, boolean ignoreMerges, boolean addsBos) {
    private static final Map<String, PreTokenizer> KNOWN = load();

    private static Map<String, PreTokenizer> load() {
        try (InputStream in = PreTokenizer.class.getResourceAsStream("pre-tokenizers.json")) {
            Map<String, PreTokenizer> known = new TreeMap<>();
            for (PreTokenizer one : new ObjectMapper().readValue(in, PreTokenizer[].class)) {
                one.names().forEach(name -> known.put(name, one));
            }
            return known;
        } catch (IOException e) {
            throw new UncheckedIOException("pre-tokenizers.json", e);
        }
    }

    /**
     * The pre-tokenizer called {@code name}.
     *
     * @throws LocretException ({@code tokenizer}) if it is null or unknown; guessing would give wrong ids in silence
     */
    static PreTokenizer named(String name, String source) {
        PreTokenizer found = name == null ? null : KNOWN.get(name);
        if (found == null) {
            String problem = name == null
                    ? "tokenizer.ggml.pre is missing"
                    : "tokenizer.ggml.pre names an unknown pre-tokenizer '" + name + "'";
            throw new LocretException(
                    ErrorId.TOKENIZER,
                    "tokenizer: " + problem + "; name the right one with -D" + Tokenizer.PRE_TOKENIZER_PROPERTY
                            + "=NAME; known are " + String.join(", ", KNOWN.keySet()) + ": " + source);
        }
        return found;
    }
}
