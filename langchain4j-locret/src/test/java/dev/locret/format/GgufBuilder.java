package dev.locret.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes GGUF files, broken ones included: nothing is checked. */
final class GgufBuilder {
    static final int U32 = 4;
    static final int F32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;
    static final int U64 = 10;

    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int version = 3;
    private long pairCount;
    private long tensorCount;

    GgufBuilder version(int version) {
        this.version = version;
        return this;
    }

    GgufBuilder pairCount(long count) {
        this.pairCount = count;
        return this;
    }

    GgufBuilder tensorCount(long count) {
        this.tensorCount = count;
        return this;
    }

    GgufBuilder text(String key, String value) {
        return raw(key, STRING, string(value));
    }

    GgufBuilder number(String key, long value) {
        return raw(key, U32, i32((int) value));
    }

    GgufBuilder decimal(String key, float value) {
        return raw(key, F32, i32(Float.floatToIntBits(value)));
    }

    GgufBuilder texts(String key, String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(i32(STRING));
        out.writeBytes(i64(values.length));
        for (String value : values) {
            out.writeBytes(string(value));
        }
        return raw(key, ARRAY, out.toByteArray());
    }

    /** A pair whose value is given as bytes. */
    GgufBuilder raw(String key, int type, byte[] value) {
        pairs.writeBytes(string(key));
        pairs.writeBytes(i32(type));
        pairs.writeBytes(value);
        pairCount++;
        return this;
    }

    /** A tensor with data after that of the tensors before; {@code ne} fastest axis first, as ggml has it. */
    GgufBuilder tensor(String name, int type, byte[] bytes, long... ne) {
        while (data.size() % ALIGNMENT != 0) {
            data.write(0);
        }
        info(name, type, data.size(), ne);
        data.writeBytes(bytes);
        return this;
    }

    /** A tensor without data. */
    GgufBuilder info(String name, int type, long offset, long... ne) {
        infos.writeBytes(string(name));
        infos.writeBytes(i32(ne.length));
        for (long extent : ne) {
            infos.writeBytes(i64(extent));
        }
        infos.writeBytes(i32(type));
        infos.writeBytes(i64(offset));
        tensorCount++;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(i32(GgufReader.MAGIC));
        out.writeBytes(i32(version));
        out.writeBytes(i64(tensorCount));
        out.writeBytes(i64(pairCount));
        out.writeBytes(pairs.toByteArray());
        out.writeBytes(infos.toByteArray());
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    GgufFile file() {
        return GgufFile.of(MappedFile.of(Path.of("test.gguf"), bytes()));
    }

    /** Metadata of a llama model of one layer, hidden size 64, 4 heads and 2 KV heads. */
    static GgufBuilder llama() {
        return new GgufBuilder()
                .text("general.architecture", "llama")
                .number("llama.block_count", 1)
                .number("llama.context_length", 256)
                .number("llama.embedding_length", 64)
                .number("llama.feed_forward_length", 96)
                .number("llama.attention.head_count", 4)
                .number("llama.attention.head_count_kv", 2)
                .decimal("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .decimal("llama.rope.freq_base", 10_000f)
                .number("llama.vocab_size", 32);
    }

    static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return concat(i64(utf8.length), utf8);
    }

    static byte[] i32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    static byte[] i64(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
