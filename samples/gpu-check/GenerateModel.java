import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a model with the shapes of Llama-3.1-8B, or smaller, and random weights in BF16, and retaining heads for it: for
 * measuring where no model is at hand. What it says means nothing.
 *
 * <p>{@code java GenerateModel.java DIRECTORY [8b|1b|tiny]}: config.json and model.safetensors there, and heads.safetensors.
 */
public final class GenerateModel {
    /** @param headWidth hidden units of a retaining head, {@code d_R} of the paper */
    private record Size(
            int layers,
            int hidden,
            int feedForward,
            int heads,
            int kvHeads,
            int headDim,
            int vocabulary,
            int headWidth) {}

    private record Tensor(String name, int rows, int columns) {
        long bytes() {
            return 2L * rows * Math.max(1, columns);
        }
    }

    private static final int NORM = 0;

    private GenerateModel() {}

    public static void main(String[] args) throws IOException {
        Size size =
                switch (args.length > 1 ? args[1] : "8b") {
                    case "8b" -> new Size(32, 4096, 14_336, 32, 8, 128, 128_256, 1024);
                    case "1b" -> new Size(16, 2048, 8192, 32, 8, 64, 128_256, 1024);
                    case "tiny" -> new Size(2, 128, 256, 4, 2, 64, 512, 32);
                    default -> throw new IllegalArgumentException("size=" + args[1] + ", allowed=8b, 1b, tiny");
                };
        Path directory = Files.createDirectories(Path.of(args[0]));
        write(directory.resolve("model.safetensors"), weights(size));
        write(directory.resolve("heads.safetensors"), heads(size));
        Files.writeString(
                directory.resolve("config.json"),
                String.format(
                        Locale.ROOT,
                        "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\", \"num_hidden_layers\": %d,"
                                + " \"hidden_size\": %d, \"intermediate_size\": %d, \"num_attention_heads\": %d,"
                                + " \"num_key_value_heads\": %d, \"head_dim\": %d, \"vocab_size\": %d,"
                                + " \"max_position_embeddings\": 131072, \"rms_norm_eps\": 1e-5, \"rope_theta\": 500000,"
                                + " \"tie_word_embeddings\": false, \"torch_dtype\": \"bfloat16\"}",
                        size.layers,
                        size.hidden,
                        size.feedForward,
                        size.heads,
                        size.kvHeads,
                        size.headDim,
                        size.vocabulary));
    }

    private static List<Tensor> weights(Size size) {
        int width = size.heads * size.headDim;
        int kvWidth = size.kvHeads * size.headDim;
        List<Tensor> all = new ArrayList<>();
        all.add(new Tensor("model.embed_tokens.weight", size.vocabulary, size.hidden));
        for (int layer = 0; layer < size.layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            all.add(new Tensor(prefix + "input_layernorm.weight", size.hidden, NORM));
            all.add(new Tensor(prefix + "self_attn.q_proj.weight", width, size.hidden));
            all.add(new Tensor(prefix + "self_attn.k_proj.weight", kvWidth, size.hidden));
            all.add(new Tensor(prefix + "self_attn.v_proj.weight", kvWidth, size.hidden));
            all.add(new Tensor(prefix + "self_attn.o_proj.weight", size.hidden, width));
            all.add(new Tensor(prefix + "post_attention_layernorm.weight", size.hidden, NORM));
            all.add(new Tensor(prefix + "mlp.gate_proj.weight", size.feedForward, size.hidden));
            all.add(new Tensor(prefix + "mlp.up_proj.weight", size.feedForward, size.hidden));
            all.add(new Tensor(prefix + "mlp.down_proj.weight", size.hidden, size.feedForward));
        }
        all.add(new Tensor("model.norm.weight", size.hidden, NORM));
        all.add(new Tensor("lm_head.weight", size.vocabulary, size.hidden));
        return all;
    }

    private static List<Tensor> heads(Size size) {
        int inputs = (size.heads + 2 * size.kvHeads) * size.headDim;
        List<Tensor> all = new ArrayList<>();
        for (int layer = 0; layer < size.layers; layer++) {
            String prefix = "model.layers." + layer + ".self_attn.";
            all.add(new Tensor(prefix + "fc1.weight", size.headWidth, inputs));
            all.add(new Tensor(prefix + "fc2.weight", size.kvHeads, size.headWidth));
        }
        return all;
    }

    private static void write(Path file, List<Tensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long at = 0;
        for (Tensor each : tensors) {
            String shape = each.columns == NORM ? "" + each.rows : each.rows + "," + each.columns;
            header.append(at == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "\"%s\":{\"dtype\":\"BF16\",\"shape\":[%s],\"data_offsets\":[%d,%d]}",
                            each.name,
                            shape,
                            at,
                            at + each.bytes()));
            at += each.bytes();
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            byte[] buffer = new byte[1 << 16];
            long seed = 2410;
            for (Tensor each : tensors) {
                // Of such a size that activations keep theirs from layer to layer.
                float scale = each.columns == NORM ? 0 : (float) (1 / Math.sqrt(each.columns));
                for (long left = each.bytes(); left > 0; left -= Math.min(left, buffer.length)) {
                    int count = (int) Math.min(left, buffer.length);
                    for (int i = 0; i < count; i += 2) {
                        seed = seed * 6364136223846793005L + 1442695040888963407L;
                        float value = each.columns == NORM ? 1 : scale * ((seed >> 40) * 0x1p-23f);
                        int bits = Float.floatToRawIntBits(value) >>> 16;
                        buffer[i] = (byte) bits;
                        buffer[i + 1] = (byte) (bits >> 8);
                    }
                    out.write(buffer, 0, count);
                }
            }
        }
    }
}
