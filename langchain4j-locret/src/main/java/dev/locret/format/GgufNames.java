package dev.locret.format;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hugging Face's names of the tensors that GGUF names in its own way. */
final class GgufNames {
    private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");

    private static final Map<String, String> TOP = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");

    private static final Map<String, String> IN_BLOCK = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_qkv", "self_attn.qkv_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));

    private GgufNames() {}

    /** Hugging Face's name, or {@code name} itself where GGUF has something of its own. */
    static String huggingFace(String name, String architecture) {
        Matcher block = BLOCK.matcher(name);
        if (!block.matches()) {
            return TOP.getOrDefault(name, name);
        }
        String part = block.group(2);
        // Phi-3's fused gate and up projection goes under the name of the latter.
        boolean fused = architecture.equals(Architectures.PHI3) && part.equals("ffn_up");
        String named = fused ? "mlp.gate_up_proj" : IN_BLOCK.get(part);
        return named == null ? name : "model.layers." + block.group(1) + "." + named + "." + block.group(3);
    }
}
