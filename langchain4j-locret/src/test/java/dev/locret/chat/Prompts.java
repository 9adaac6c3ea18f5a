package dev.locret.chat;

import dev.locret.format.ModelFiles;
import dev.locret.testing.DemoModel;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Mappers over the demo model's tokenizer and some template. */
final class Prompts {
    static final Tokenizer TOKENIZER = tokenizer(Map.of());

    private Prompts() {}

    /** The demo model's tokenizer with other settings in its file. */
    static Tokenizer tokenizer(Map<String, ?> changed) {
        try (ModelFiles files = ModelFiles.open(DemoModel.path())) {
            Map<String, Object> metadata =
                    new HashMap<>(files.gguf().orElseThrow().metadata());
            metadata.putAll(changed);
            return Tokenizer.fromGguf(metadata, "demo");
        }
    }

    static MessageMapper mapper(String template) {
        return mapper(TOKENIZER, template);
    }

    static MessageMapper mapper(Tokenizer tokenizer, String template) {
        return new MessageMapper(tokenizer, Optional.of(ChatTemplate.of(template, "test")), "demo");
    }

    static String template(String name) {
        try (InputStream in = Prompts.class.getResourceAsStream("/chat-templates/" + name + ".jinja")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
