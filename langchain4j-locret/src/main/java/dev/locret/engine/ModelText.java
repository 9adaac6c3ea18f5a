package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelFiles;
import dev.locret.generate.grammar.TokenVocabulary;
import dev.locret.text.ChatTemplate;
import dev.locret.text.ChatTemplates;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tokenizer and chat template of a model. A model without them, or with damaged ones, can still be run on token ids: the
 * error comes when they are asked for.
 */
public final class ModelText {
    private static final String PROBE = "text";

    private Tokenizer tokenizer;
    private TokenVocabulary vocabulary;
    private LocretException tokenizerError;
    private ChatTemplates templates;
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
            text.templates = loadTemplates(files);
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

    /** The template, empty if the model has none; fails if it cannot be read or parsed. */
    public Optional<ChatTemplate> template() {
        return template(false);
    }

    /**
     * As above.
     *
     * @param withTools whether it is for requests with tools, for which some models have one of their own
     */
    Optional<ChatTemplate> template(boolean withTools) {
        if (templateError != null) {
            throw new LocretException(templateError.id(), templateError.getMessage(), templateError);
        }
        return templates.select(withTools);
    }

    /** Tokens that the chat template writes in front of the user's first text; 0 without a template. */
    int instructionTokens() {
        if (tokenizer == null || templateError != null) {
            return 0;
        }
        Optional<ChatTemplate> template = templates.select(false);
        try {
            return template.map(t -> tokenizer.encodePrompt(beforeText(t)).length)
                    .orElse(0);
        } catch (LocretException e) {
            // Told when a prompt is made.
            return 0;
        }
    }

    private List<PromptSpan> beforeText(ChatTemplate template) {
        List<PromptSpan> spans = template.render(List.of(Map.of("role", "user", "content", PROBE)), tokenizer);
        int text = 0;
        while (text < spans.size()
                && (spans.get(text).trusted() || !spans.get(text).text().contains(PROBE))) {
            text++;
        }
        return text == spans.size() ? List.of() : spans.subList(0, text);
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

    /** Those inside the GGUF, else those beside the weights. */
    private static ChatTemplates loadTemplates(ModelFiles files) {
        return files.gguf()
                .map(gguf -> ChatTemplates.fromGguf(gguf.metadata(), gguf.path().toString()))
                .filter(inside -> inside.names().contains(ChatTemplates.DEFAULT))
                .orElseGet(() -> ChatTemplates.fromDirectory(files.directory()));
    }
}
