package dev.locret.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelFiles;
import dev.locret.generate.grammar.TokenVocabulary;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Tokenizer and chat template of a model. A model without them, or with damaged ones, can still be run on token ids: the
 * error comes when they are asked for.
 */
public final class ModelText {
    private static final long MAX_FILE_BYTES = 64 << 20;
    private static final String TEMPLATE_KEY = "chat_template";
    private static final JsonMapper JSON = new JsonMapper();

    private Tokenizer tokenizer;
    private TokenVocabulary vocabulary;
    private LocretException tokenizerError;
    private ChatTemplate template;
    private LocretException templateError;

    private ModelText() {}

    /** Loads both; what is wrong with one is told when it is asked for. */
    public static ModelText load(ModelFiles files) {
        ModelText text = new ModelText();
        try {
            text.tokenizer = loadTokenizer(files);
        } catch (LocretException e) {
            text.tokenizerError = e;
        }
        try {
            text.template = loadTemplate(files).orElse(null);
        } catch (LocretException e) {
            text.templateError = e;
        }
        return text;
    }

    /** The tokenizer; fails as loading it did. */
    public Tokenizer tokenizer() {
        if (tokenizerError != null) {
            throw new LocretException(tokenizerError.id(), tokenizerError.getMessage(), tokenizerError);
        }
        return tokenizer;
    }

    /** The tokenizer, or null. */
    Tokenizer tokenizerOrNull() {
        return tokenizer;
    }

    /**
     * The tokens by their bytes, as grammars need them; made once, fails as loading the tokenizer did.
     *
     * @param endTokens tokens that end an answer
     */
    synchronized TokenVocabulary tokenVocabulary(Set<Integer> endTokens) {
        if (vocabulary == null) {
            vocabulary = TokenVocabulary.of(tokenizer(), endTokens);
        }
        return vocabulary;
    }

    /** The template, empty if the model has none; fails as parsing it did. */
    public Optional<ChatTemplate> template() {
        if (templateError != null) {
            throw new LocretException(templateError.id(), templateError.getMessage(), templateError);
        }
        return Optional.ofNullable(template);
    }

    private static Tokenizer loadTokenizer(ModelFiles files) {
        if (files.gguf().isPresent()) {
            return Tokenizer.fromGguf(
                    files.gguf().get().metadata(), files.gguf().get().path().toString());
        }
        if (files.tokenizerJson().isPresent()) {
            return Tokenizer.fromJson(
                    files.tokenizerJson().get(), files.tokenizerConfig().orElse(null));
        }
        throw new LocretException(
                ErrorId.TOKENIZER, "tokenizer: no tokenizer.json beside the weights: " + files.directory());
    }

    private static Optional<ChatTemplate> loadTemplate(ModelFiles files) {
        Object inside = files.gguf()
                .map(gguf -> gguf.metadata().get("tokenizer.chat_template"))
                .orElse(null);
        if (inside != null) {
            return Optional.of(
                    ChatTemplate.of(inside.toString(), files.gguf().get().path().toString()));
        }
        Optional<Path> file = files.chatTemplate();
        if (file.isPresent()) {
            String source = read(file.get());
            return file.get().toString().endsWith(".json")
                    ? fromJson(source, file.get())
                    : Optional.of(ChatTemplate.of(source, file.get().toString()));
        }
        Optional<Path> config = files.tokenizerConfig();
        return config.isPresent() ? fromJson(read(config.get()), config.get()) : Optional.empty();
    }

    /** The member {@code chat_template}: a string, or a list of templates by name, of which {@code default} counts. */
    private static Optional<ChatTemplate> fromJson(String json, Path file) {
        JsonNode node;
        try {
            node = JSON.readTree(json).path(TEMPLATE_KEY);
        } catch (IOException e) {
            throw new LocretException(ErrorId.TEMPLATE, "template: not valid JSON: " + file, e);
        }
        for (JsonNode named : node.isArray() ? node : JSON.createArrayNode()) {
            if (named.path("name").asText().equals("default")) {
                node = named.path("template");
            }
        }
        return node.isTextual() ? Optional.of(ChatTemplate.of(node.textValue(), file.toString())) : Optional.empty();
    }

    private static String read(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                throw new LocretException(
                        ErrorId.TEMPLATE,
                        "template: file of " + size + " bytes, allowed=" + MAX_FILE_BYTES + ": " + file);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new LocretException(ErrorId.TEMPLATE, "template: cannot be read (" + e + "): " + file, e);
        }
    }
}
