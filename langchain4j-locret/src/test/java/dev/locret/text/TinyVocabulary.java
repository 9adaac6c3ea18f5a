package dev.locret.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Vocabularies of a few hundred tokens, as GGUF metadata and as {@code tokenizer.json}. */
final class TinyVocabulary {
    static final ObjectMapper JSON = new ObjectMapper();
    static final List<String> SPECIALS = List.of("<|bos|>", "<|eot_id|>", "<|im_start|>", "<|im_end|>");

    /** Ids of the above: 256 bytes and three merged tokens come first. */
    static final int BOS = 259;

    static final int EOT = 260;
    static final int IM_START = 261;
    static final int IM_END = 262;
    static final int TOOL = 263;

    private TinyVocabulary() {}

    static List<Object> tokens() {
        List<Object> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteLevel.character(b)));
        }
        tokens.addAll(List.of("he", "ll", "hell"));
        tokens.addAll(SPECIALS);
        tokens.add("<tool>");
        return tokens;
    }

    /** Byte-level metadata; callers change it. */
    static Map<String, Object> gguf() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "llama-bpe");
        metadata.put("tokenizer.ggml.tokens", tokens());
        List<Object> types = new ArrayList<>();
        for (int i = 0; i < tokens().size(); i++) {
            types.add(i >= TOOL ? 4L : i >= BOS ? 3L : 1L);
        }
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.merges", new ArrayList<Object>(List.of("h e", "l l", "he ll")));
        metadata.put("tokenizer.ggml.bos_token_id", (long) BOS);
        metadata.put("tokenizer.ggml.eos_token_id", (long) EOT);
        metadata.put("tokenizer.ggml.add_bos_token", true);
        return metadata;
    }

    /** A {@code tokenizer.json} with the same ids; callers change it. */
    static ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = BOS; id <= TOOL; id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", (String) tokens().get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", id != TOOL);
        }
        root.putNull("normalizer");
        root.putObject("pre_tokenizer")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
        post.putArray("single")
                .add(JSON.createObjectNode()
                        .set(
                                "SpecialToken",
                                JSON.createObjectNode().put("id", "<|bos|>").put("type_id", 0)))
                .add(JSON.createObjectNode()
                        .set("Sequence", JSON.createObjectNode().put("id", "A").put("type_id", 0)));
        post.putArray("pair");
        ObjectNode bos = post.putObject("special_tokens").putObject("<|bos|>").put("id", "<|bos|>");
        bos.putArray("ids").add(BOS);
        bos.putArray("tokens").add("<|bos|>");
        root.putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", true)
                .put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode model = root.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < BOS; id++) {
            vocabulary.put((String) tokens().get(id), id);
        }
        model.putArray("merges").add("h e").add("l l").add("he ll");
        return root;
    }

    static Path write(Path directory, String name, Object content) throws IOException {
        return Files.writeString(directory.resolve(name), content.toString());
    }
}
