package dev.locret.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.GgufFile;
import dev.locret.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;

/** What a model's tokenizer calls itself. */
final class TokenizerKind {
    private TokenizerKind() {}

    /** For example {@code gguf gpt2, smollm} or {@code tokenizer.json BPE}; null where there is none. */
    static String of(ModelFiles files) {
        if (files.gguf().isPresent()) {
            GgufFile gguf = files.gguf().get();
            String pre = gguf.find("tokenizer.ggml.pre", String.class)
                    .map(name -> ", " + name)
                    .orElse("");
            return "gguf " + gguf.find("tokenizer.ggml.model", String.class).orElse("of no kind") + pre;
        }
        return files.tokenizerJson().map(file -> "tokenizer.json " + type(file)).orElse(null);
    }

    /** {@code model.type} of a tokenizer.json, whose vocabulary is passed over. */
    private static String type(Path file) {
        try (JsonParser json = new ObjectMapper().createParser(file.toFile())) {
            boolean inModel = false;
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (inModel && name.equals("type")) {
                    return json.getValueAsString("of no kind");
                }
                if (!inModel && name.equals("model") && value == JsonToken.START_OBJECT) {
                    inModel = true;
                } else {
                    json.skipChildren();
                }
            }
            return "of no kind";
        } catch (IOException e) {
            throw new LocretException(ErrorId.TOKENIZER, "tokenizer: not valid JSON (" + e + "): " + file, e);
        }
    }
}
