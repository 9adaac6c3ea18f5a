package dev.locret.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.TokenizerParts.FragmentEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads {@code tokenizer.json} and {@code tokenizer_config.json}. Special tokens are taken out of what the library sees
 * by renaming them, ids unchanged; added tokens that are plain text stay with the library.
 */
final class TokenizerJson {
    /** Largest file read; published ones end at about 33 MB. */
    private static final long MAX_FILE_BYTES = 256L << 20;

    /** Largest id read, see {@link GgufTokenizer}. */
    private static final int MAX_TOKENS = 4_000_000;

    private final Path file;
    private final ObjectNode root;
    private final JsonNode config;
    private final HiddenNames hidden = new HiddenNames();
    private final List<String> texts = new ArrayList<>();
    private final List<TokenKind> kinds = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<SpecialTokens.Token> specials = new ArrayList<>();

    private TokenizerJson(Path file, Path configFile) {
        this.file = file;
        JsonNode tree = parse(file);
        if (!(tree instanceof ObjectNode) || !(tree.get("model") instanceof ObjectNode)) {
            throw failure("there is no object 'model'");
        }
        root = (ObjectNode) tree;
        config = configFile == null ? new ObjectMapper().createObjectNode() : parse(configFile);
    }

    static TokenizerParts read(Path file, Path configFile) {
        return new TokenizerJson(file, configFile).parts();
    }

    private static JsonNode parse(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                throw new LocretException(
                        ErrorId.TOKENIZER,
                        "tokenizer: " + size + " bytes are over the limit of " + MAX_FILE_BYTES + ": " + file);
            }
            return new ObjectMapper().readTree(file.toFile());
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new LocretException(
                    ErrorId.TOKENIZER, "tokenizer: not JSON: " + e.getOriginalMessage() + ": " + file, e);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "tokenizer: cannot be read: " + file, e);
        }
    }

    private TokenizerParts parts() {
        boolean byteLevel = decoderIsByteLevel(root.get("decoder"));
        readVocabulary();
        readAddedTokens();
        NativeTokenizer library = NativeTokenizer.of(LibraryJson.of(root, file.toString()), file.toString());

        int bos = configuredId("bos_token");
        int prefix = prefixOfPostProcessor(root.path("post_processor"));
        if (bos < 0) {
            bos = prefix;
        }
        JsonNode declared = config.get("add_bos_token");
        boolean addsBos =
                bos >= 0 && (declared != null && declared.isBoolean() ? declared.booleanValue() : prefix == bos);
        int eos = configuredId("eos_token");
        List<Integer> ends = endIds(eos);
        return new TokenizerParts(
                file.toString(),
                new Vocabulary(Collections.unmodifiableList(texts), List.copyOf(kinds), byteLevel),
                new SpecialTokens(specials, file.toString()),
                encoder(library),
                bos,
                addsBos,
                ends.isEmpty() || eos >= 0 ? eos : ends.get(0),
                ends,
                !byteLevel && stripsSpace(root.get("decoder")));
    }

    /** The special token that the post-processor puts in front of a text, or -1. */
    private int prefixOfPostProcessor(JsonNode processor) {
        if (processor.path("type").asText().equals("Sequence")) {
            for (JsonNode step : processor.path("processors")) {
                if (step.path("type").asText().equals("TemplateProcessing")) {
                    return prefixOfPostProcessor(step);
                }
            }
        }
        String first =
                processor.path("single").path(0).path("SpecialToken").path("id").asText();
        return isSpecial(first) ? ids.get(first) : -1;
    }

    private void readVocabulary() {
        JsonNode model = root.get("model");
        JsonNode vocabulary = model.get("vocab");
        if (!(vocabulary instanceof ObjectNode)
                || !"BPE".equals(model.path("type").asText("BPE"))) {
            throw failure("model type '" + model.path("type").asText("") + "' is not supported, known is BPE");
        }
        boolean byteFallback = model.path("byte_fallback").asBoolean();
        vocabulary
                .properties()
                .forEach(entry -> put(
                        entry.getKey(),
                        entry.getValue(),
                        byteFallback && Vocabulary.byteValue(entry.getKey()) >= 0 ? TokenKind.BYTE : TokenKind.NORMAL));
    }

    private int put(String text, JsonNode idNode, TokenKind kind) {
        if (idNode == null || !idNode.isIntegralNumber() || idNode.asLong() < 0 || idNode.asLong() >= MAX_TOKENS) {
            throw failure("token '" + text + "' has id " + idNode + ", allowed are 0.." + (MAX_TOKENS - 1));
        }
        int id = idNode.asInt();
        while (texts.size() <= id) {
            texts.add(null);
            kinds.add(TokenKind.UNUSED);
        }
        String other = texts.get(id);
        if (other != null && !other.equals(text)) {
            throw failure("id " + id + " is given to '" + other + "' and to '" + text + "'");
        }
        texts.set(id, text);
        kinds.set(id, kind);
        ids.put(text, id);
        return id;
    }

    private void readAddedTokens() {
        JsonNode added = root.get("added_tokens");
        if (added == null || added.isNull()) {
            return;
        }
        if (!(added instanceof ArrayNode)) {
            throw failure("'added_tokens' is not a list");
        }
        ObjectNode vocabulary = (ObjectNode) root.get("model").get("vocab");
        for (int i = 0; i < added.size(); i++) {
            JsonNode token = added.get(i);
            JsonNode content = token.get("content");
            if (!(token instanceof ObjectNode) || content == null || !content.isTextual()) {
                throw failure("added_tokens[" + i + "] has no text 'content'");
            }
            String text = content.asText();
            boolean special = token.path("special").asBoolean();
            int id = put(text, token.get("id"), special ? TokenKind.CONTROL : TokenKind.USER_DEFINED);
            if (!special) {
                continue;
            }
            specials.add(new SpecialTokens.Token(
                    id,
                    text,
                    true,
                    token.path("lstrip").asBoolean(),
                    token.path("rstrip").asBoolean()));
            hide((ObjectNode) token, vocabulary, text, id);
        }
        dropMergesOfSpecials();
    }

    /** A merge that would make a special token out of text has no place; the library would also miss its parts. */
    private void dropMergesOfSpecials() {
        if (!(root.get("model").get("merges") instanceof ArrayNode)) {
            throw failure("'model.merges' is not a list");
        }
        ArrayNode merges = (ArrayNode) root.get("model").get("merges");
        for (int i = merges.size() - 1; i >= 0; i--) {
            JsonNode merge = merges.get(i);
            String[] parts = merge.isArray()
                    ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                    : merge.asText().split(" ", 2);
            if (parts.length != 2) {
                throw failure("merge " + i + " '" + merge.asText() + "' is not two tokens");
            }
            if (isSpecial(parts[0]) || isSpecial(parts[1]) || isSpecial(parts[0] + parts[1])) {
                merges.remove(i);
            }
        }
    }

    private boolean isSpecial(String text) {
        Integer id = ids.get(text);
        return id != null && kinds.get(id).isSpecial();
    }

    private void hide(ObjectNode token, ObjectNode vocabulary, String text, int id) {
        String name = hidden.name(id);
        token.put("content", name).put("normalized", false).put("lstrip", false).put("rstrip", false);
        token.put("single_word", false);
        JsonNode inModel = vocabulary.remove(text);
        if (inModel != null) {
            vocabulary.set(name, inModel);
        }
        ObjectNode model = (ObjectNode) root.get("model");
        if (model.path("unk_token").asText("").equals(text)) {
            model.put("unk_token", name);
        }
    }

    /** Text behind a token is encoded behind that token's hidden name, so that the library knows it is not first. */
    private FragmentEncoder encoder(NativeTokenizer library) {
        int size = texts.size();
        String anySpecial =
                specials.isEmpty() ? "" : hidden.name(specials.get(0).id());
        return (text, first, afterToken, out) -> {
            boolean behind = !first && !anySpecial.isEmpty();
            long[] encoded = library.encode(behind ? anySpecial + text : text);
            for (int i = behind ? 1 : 0; i < encoded.length; i++) {
                if (encoded[i] < size) {
                    out.add((int) encoded[i]);
                }
            }
        };
    }

    /** Byte-level, or SentencePiece's; any other way to join tokens is refused. */
    private boolean decoderIsByteLevel(JsonNode decoder) {
        List<JsonNode> steps = steps(decoder);
        for (JsonNode step : steps) {
            String type = step.path("type").asText();
            if (type.equals("ByteLevel")) {
                return true;
            }
            if (type.equals("Metaspace") || type.equals("ByteFallback")) {
                return false;
            }
        }
        throw failure("decoder "
                + (steps.isEmpty() ? "(none)" : steps.get(0).path("type").asText())
                + " is not supported, known are ByteLevel, Metaspace and ByteFallback");
    }

    private static List<JsonNode> steps(JsonNode decoder) {
        List<JsonNode> steps = new ArrayList<>();
        if (decoder != null && decoder.isObject()) {
            if (decoder.path("type").asText().equals("Sequence")) {
                decoder.path("decoders").forEach(steps::add);
            } else {
                steps.add(decoder);
            }
        }
        return steps;
    }

    private static boolean stripsSpace(JsonNode decoder) {
        for (JsonNode step : steps(decoder)) {
            String type = step.path("type").asText();
            boolean strips = type.equals("Strip") && step.path("start").asInt() > 0;
            boolean prepends = type.equals("Metaspace")
                    && !step.path("prepend_scheme").asText("always").equals("never")
                    && step.path("add_prefix_space").asBoolean(true);
            if (strips || prepends) {
                return true;
            }
        }
        return false;
    }

    /** The id of a token that the configuration names, as a string or as an object with {@code content}; else -1. */
    private int configuredId(String key) {
        JsonNode value = config.path(key);
        String text = value.isObject() ? value.path("content").asText() : value.asText();
        return ids.getOrDefault(text, -1);
    }

    private List<Integer> endIds(int configured) {
        TreeSet<Integer> ends = new TreeSet<>();
        if (configured >= 0) {
            ends.add(configured);
        }
        for (SpecialTokens.Token token : specials) {
            if (EndTokens.contains(token.text())) {
                ends.add(token.id());
            }
        }
        return List.copyOf(ends);
    }

    private LocretException failure(String problem) {
        return new LocretException(ErrorId.TOKENIZER, "tokenizer: " + problem + ": " + file);
    }
}
