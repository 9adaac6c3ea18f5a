package dev.locret.text;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The chat templates that come with a model: one called {@value #DEFAULT}, and sometimes others such as {@code
 * tool_use}. Each is parsed when asked for, so that a broken one that nobody uses does no harm.
 */
public final class ChatTemplates {
    /** Name of the template for every purpose. */
    public static final String DEFAULT = "default";

    /** Name of the template that Hugging Face takes when tools are given. */
    public static final String TOOL_USE = "tool_use";

    private static final String GGUF_KEY = "tokenizer.chat_template";

    private static final long MAX_FILE_BYTES = 64L << 20;

    private record Source(String text, String origin) {}

    private final Map<String, Source> sources = new LinkedHashMap<>();

    private ChatTemplates() {}

    /**
     * From a GGUF file's metadata: {@code tokenizer.chat_template}, and {@code tokenizer.chat_template.NAME}.
     *
     * @param source the file, for messages
     * @throws LocretException ({@code template}) if one is not a string
     */
    public static ChatTemplates fromGguf(Map<String, ?> metadata, String source) {
        ChatTemplates templates = new ChatTemplates();
        for (Map.Entry<String, ?> entry : metadata.entrySet()) {
            String key = entry.getKey();
            if (key.equals(GGUF_KEY) || key.startsWith(GGUF_KEY + ".")) {
                String name = key.equals(GGUF_KEY) ? DEFAULT : key.substring(GGUF_KEY.length() + 1);
                if (!(entry.getValue() instanceof String)) {
                    throw failure(
                            key + " must be a string, is "
                                    + (entry.getValue() == null
                                            ? "null"
                                            : entry.getValue().getClass().getSimpleName()),
                            source);
                }
                templates.sources.put(name, new Source((String) entry.getValue(), source + " (" + key + ")"));
            }
        }
        return templates;
    }

    /**
     * From a model directory: {@code chat_template.jinja} if there is one, with {@code
     * additional_chat_templates/tool_use.jinja}, else {@code chat_template} in the older {@code chat_template.json} or
     * in {@code tokenizer_config.json}, a string or a list of named templates.
     *
     * @throws LocretException ({@code file-not-readable}, {@code template}) if a file is there, but no good
     */
    public static ChatTemplates fromDirectory(Path directory) {
        ChatTemplates templates = new ChatTemplates();
        Path file = directory.resolve("chat_template.jinja");
        if (Files.isRegularFile(file)) {
            templates.addFile(DEFAULT, file);
            Path forTools = directory.resolve("additional_chat_templates").resolve(TOOL_USE + ".jinja");
            if (Files.isRegularFile(forTools)) {
                templates.addFile(TOOL_USE, forTools);
            }
            return templates;
        }
        for (String name : List.of("chat_template.json", "tokenizer_config.json")) {
            Path config = directory.resolve(name);
            if (Files.isRegularFile(config) && templates.sources.isEmpty()) {
                templates.addConfig(config);
            }
        }
        return templates;
    }

    private void addFile(String name, Path file) {
        sources.put(name, new Source(text(file), file.toString()));
    }

    private void addConfig(Path config) {
        JsonNode value;
        try {
            value = new ObjectMapper().readTree(text(config)).path("chat_template");
        } catch (JacksonException e) {
            throw new LocretException(
                    ErrorId.TEMPLATE, "template: not JSON: " + e.getOriginalMessage() + ": " + config, e);
        }
        String origin = config + " (chat_template)";
        if (value.isTextual()) {
            sources.put(DEFAULT, new Source(value.asText(), origin));
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                JsonNode named = value.get(i);
                for (String key : List.of("name", "template")) {
                    if (!named.path(key).isTextual()) {
                        throw failure("chat_template[" + i + "] has no text '" + key + "'", config.toString());
                    }
                }
                String name = named.path("name").asText();
                sources.put(name, new Source(named.path("template").asText(), origin + " '" + name + "'"));
            }
        } else if (!value.isMissingNode() && !value.isNull()) {
            throw failure(
                    "chat_template must be a string or a list, is "
                            + value.getNodeType().name().toLowerCase(Locale.ROOT),
                    config.toString());
        }
    }

    private static String text(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                throw failure(size + " bytes are over the limit of " + MAX_FILE_BYTES, file.toString());
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "template: cannot be read as UTF-8 text: " + file, e);
        }
    }

    /** Names of all templates. */
    public Set<String> names() {
        return new TreeSet<>(sources.keySet());
    }

    /**
     * The template of that name.
     *
     * @throws LocretException ({@code template}) with the line, if it is malformed
     */
    public Optional<ChatTemplate> named(String name) {
        Source source = sources.get(name);
        return source == null ? Optional.empty() : Optional.of(ChatTemplate.of(source.text(), source.origin()));
    }

    /** The template for a request: {@value #TOOL_USE} if there is one and tools are given, else {@value #DEFAULT}. */
    public Optional<ChatTemplate> select(boolean withTools) {
        for (String name : withTools ? List.of(TOOL_USE, DEFAULT) : List.of(DEFAULT)) {
            if (sources.containsKey(name)) {
                return named(name);
            }
        }
        return Optional.empty();
    }

    private static LocretException failure(String problem, String where) {
        return new LocretException(ErrorId.TEMPLATE, "template: " + problem + ": " + where);
    }
}
