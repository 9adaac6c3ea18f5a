package dev.locret.engine;

import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSlice;
import dev.locret.common.LocretException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands at the head of a context's file and fixes the size of all that follows.
 *
 * <pre>
 * magic "LOCRETKV", version, length of what follows up to the checksum, all integers little-endian, 32 bits
 * name, policy, type of keys and values, budget, number of bindings and each as name and value; texts as length and UTF-8
 * tokens, layers, KV heads, head dimension, entries [layers, kvHeads]
 * CRC-32C of all before
 * token ids [tokens], CRC-32C of them
 * for each layer: positions [entries], scores [entries], keys [entries, headDim], values [entries, headDim] head after
 *     head, CRC-32C of them
 * </pre>
 *
 * Keys and values are floats, or blocks as in model files of their type.
 *
 * @param type how keys and values are held
 * @param cacheBudget entries that each KV head kept at most
 * @param binding what the contents belong to
 * @param lengths entries, {@code [layers][kvHeads]}
 */
record SnapshotHeader(
        String name,
        String policy,
        KvCacheType type,
        int cacheBudget,
        Map<String, String> binding,
        int tokens,
        int headDim,
        int[][] lengths) {
    static final byte[] MAGIC = "LOCRETKV".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 3;
    /** Magic, version and length. */
    static final int PREFIX = 16;
    /** Far more than 200 layers of 200 heads take. */
    static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_TEXT = 4096;
    private static final int MAX_EXTENT = 1 << 16;

    static SnapshotHeader of(ReadContext context, SnapshotBinding binding) {
        int[][] lengths =
                context.snapshot().layers().stream().map(KvEntries::lengths).toArray(int[][]::new);
        return new SnapshotHeader(
                context.name(),
                context.policy(),
                context.snapshot().layers().get(0).type(),
                context.text().cacheBudget(),
                binding.values(),
                context.tokens().length,
                context.snapshot().layers().get(0).headDim(),
                lengths);
    }

    /** All before the checksum. */
    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(VERSION).putInt(0);
        putText(out, name);
        putText(out, policy);
        putText(out, type.toString());
        out.putInt(cacheBudget).putInt(binding.size());
        binding.forEach((key, value) -> {
            putText(out, key);
            putText(out, value);
        });
        out.putInt(tokens).putInt(lengths.length).putInt(lengths[0].length).putInt(headDim);
        for (int[] layer : lengths) {
            for (int length : layer) {
                out.putInt(length);
            }
        }
        return out.putInt(PREFIX - 4, out.position() - PREFIX).flip();
    }

    /** Bytes of {@link #encode}. */
    private int bytes() {
        int texts = textBytes(name) + textBytes(policy) + textBytes(type.toString());
        for (Map.Entry<String, String> entry : binding.entrySet()) {
            texts += textBytes(entry.getKey()) + textBytes(entry.getValue());
        }
        return PREFIX + texts + 8 + 16 + 4 * lengths.length * lengths[0].length;
    }

    private static int textBytes(String text) {
        return 4 + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }

    /**
     * Reads what {@link #encode} wrote after {@link #PREFIX}.
     *
     * @throws IllegalArgumentException with the reason if it contradicts itself
     * @throws LocretException ({@code invalid-argument}) if it names no type, or one that its heads do not fill
     */
    static SnapshotHeader decode(ByteBuffer in) {
        try {
            in.order(ByteOrder.LITTLE_ENDIAN);
            String name = text(in);
            String policy = text(in);
            KvCacheType type = KvCacheType.of(text(in));
            int cacheBudget = bounded(in, "cache-budget", 1, Integer.MAX_VALUE);
            Map<String, String> binding = new LinkedHashMap<>();
            for (int i = bounded(in, "bindings", 0, 64); i > 0; i--) {
                binding.put(text(in), text(in));
            }
            int tokens = bounded(in, "tokens", 1, Integer.MAX_VALUE);
            int layers = bounded(in, "layers", 1, MAX_EXTENT);
            int kvHeads = bounded(in, "kv-heads", 1, MAX_EXTENT);
            int headDim = bounded(in, "head-dim", 1, MAX_EXTENT);
            type.requireHeadDim(headDim);
            if (in.remaining() != 4L * layers * kvHeads) {
                throw new IllegalArgumentException("header holds " + in.remaining() + " bytes of entries, not 4 times "
                        + layers + " layers of " + kvHeads + " KV heads");
            }
            int[][] lengths = new int[layers][kvHeads];
            for (int[] layer : lengths) {
                for (int head = 0; head < kvHeads; head++) {
                    layer[head] = bounded(in, "entries", 0, tokens);
                }
            }
            return new SnapshotHeader(name, policy, type, cacheBudget, binding, tokens, headDim, lengths);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("header ends early", e);
        }
    }

    private static int bounded(ByteBuffer in, String name, int min, int max) {
        int value = in.getInt();
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + "=" + value + ", allowed=" + min + ".." + max);
        }
        return value;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[bounded(in, "length of a text", 0, MAX_TEXT)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Bytes of the whole file.
     *
     * @throws ArithmeticException if they exceed 63 bits
     */
    long fileBytes() {
        long bytes = bytes() + 4L + 4L * tokens + 4;
        for (int[] layer : lengths) {
            bytes = Math.addExact(bytes, Math.addExact(KvEntries.bytes(entries(layer), headDim, type), 4));
        }
        return bytes;
    }

    /** Entries of a layer. */
    static long entries(int[] layer) {
        long entries = 0;
        for (int length : layer) {
            entries += length;
        }
        return entries;
    }

    /** Why a cache of such slices cannot take the contents, null if it can. */
    String misfit(List<KvSlice> slices) {
        if (type != slices.get(0).type()) {
            return "kv-cache-type=" + type + ", expected=" + slices.get(0).type();
        }
        if (lengths.length != slices.size() || headDim != slices.get(0).headDim()) {
            return "layers=" + lengths.length + ", head dimension=" + headDim + ", expected=" + slices.size() + ", "
                    + slices.get(0).headDim();
        }
        for (int layer = 0; layer < lengths.length; layer++) {
            if (!slices.get(layer).takes(lengths[layer])) {
                return "layer=" + layer + ", entries=" + Arrays.toString(lengths[layer]) + ", capacity="
                        + slices.get(layer).capacity();
            }
        }
        return null;
    }

    ContextInfo info() {
        long entries = 0;
        for (int[] layer : lengths) {
            entries += entries(layer);
        }
        long heads = (long) lengths.length * lengths[0].length;
        int each = Math.toIntExact((entries + heads - 1) / heads);
        return new ContextInfo(name, policy, cacheBudget, tokens, each, tokens * heads - entries, fileBytes());
    }
}
