package dev.locret.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a {@code tokenizer.json} is handed to the native library. Some inconsistent files make it abort the whole
 * JVM rather than report an error, so only parts that are used and checked get there: post-processor and decoder never
 * do, and normalizers and pre-tokenizers are taken from a list.
 */
final class LibraryJson {
    private static final Set<String> NORMALIZERS = Set.of(
            "Sequence",
            "NFC",
            "NFD",
            "NFKC",
            "NFKD",
            "Lowercase",
            "Replace",
            "Prepend",
            "Strip",
            "StripAccents",
            "Nmt");
    private static final Set<String> PRE_TOKENIZERS = Set.of(
            "Sequence", "ByteLevel", "Split", "Digits", "Metaspace", "Punctuation", "Whitespace", "WhitespaceSplit");

    /** Lists within lists of normalizers or pre-tokenizers. */
    private static final int MAX_NESTING = 8;

    private final JsonNode root;
    private final String source;

    private LibraryJson(JsonNode root, String source) {
        this.root = root;
        this.source = source;
    }

    /**
     * The text for the library.
     *
     * @throws LocretException ({@code tokenizer}) if a part is of a kind that is not known to be safe
     */
    static String of(JsonNode root, String source) {
        return new LibraryJson(root, source).write();
    }

    private String write() {
        check("normalizer", root.path("normalizer"), NORMALIZERS, "normalizers", 0);
        check("pre_tokenizer", root.path("pre_tokenizer"), PRE_TOKENIZERS, "pretokenizers", 0);
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        out.put("version", "1.0").putNull("truncation").putNull("padding");
        out.set("added_tokens", orNull(root.path("added_tokens")));
        out.set("normalizer", orNull(root.path("normalizer")));
        out.set("pre_tokenizer", orNull(root.path("pre_tokenizer")));
        out.putNull("post_processor").putNull("decoder");
        out.set("model", model((ObjectNode) root.get("model")));
        return out.toString();
    }

    private static JsonNode orNull(JsonNode node) {
        return node.isMissingNode() ? JsonNodeFactory.instance.nullNode() : node;
    }

    private ObjectNode model(ObjectNode given) {
        for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (!given.path(affix).asText("").isEmpty() && !given.path(affix).isNull()) {
                throw failure("model." + affix + "='" + given.path(affix).asText() + "' is not supported");
            }
        }
        ObjectNode model = JsonNodeFactory.instance.objectNode();
        // Dropout cuts words at random, for training only.
        model.put("type", "BPE").putNull("dropout");
        JsonNode unknown = given.path("unk_token");
        if (unknown.isTextual() && !given.get("vocab").has(unknown.asText())) {
            throw failure("model.unk_token '" + unknown.asText() + "' is not in the vocabulary");
        }
        model.put("unk_token", unknown.isTextual() ? unknown.asText() : null);
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        for (String flag : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
            model.put(flag, given.path(flag).asBoolean());
        }
        model.set("vocab", given.get("vocab"));
        model.set("merges", given.get("merges"));
        return model;
    }

    private void check(String what, JsonNode node, Set<String> known, String list, int depth) {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        String type = node.path("type").asText();
        if (!known.contains(type) || depth > MAX_NESTING) {
            throw failure(
                    what + " '" + type + "' is not supported, known are " + String.join(", ", new TreeSet<>(known)));
        }
        if (type.equals("Sequence")) {
            node.path(list).forEach(step -> check(what, step, known, list, depth + 1));
        }
    }

    private LocretException failure(String problem) {
        return new LocretException(ErrorId.TOKENIZER, "tokenizer: " + problem + ": " + source);
    }
}
