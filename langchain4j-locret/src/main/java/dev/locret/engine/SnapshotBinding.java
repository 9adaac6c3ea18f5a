package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.WeightSource;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * What a snapshot means something to, by name: the model, its retaining heads, and the settings that decide what is kept
 * and where chunks end. Devices and kernels are no part of it: they differ in rounding only.
 *
 * @param values name to value, in the order in which they are compared
 */
record SnapshotBinding(Map<String, String> values) {
    private static final String MODEL = "model";
    private static final int BLOCK = 1 << 24;

    /**
     * Hashes all of the weights, which loading reads anyway: SHA-256 over the configuration and, for each tensor, name,
     * type, shape and CRC-32C of its data. It tells models apart; it is no defence against who makes one on purpose.
     *
     * @param heads retaining heads, or null
     */
    static SnapshotBinding of(WeightSource weights, RetainingHeads heads, EngineSettings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(MODEL, hash(weights));
        values.put("retaining-heads", heads == null ? "none" : hash(heads));
        values.put("cache-budget", "" + settings.plan().budget());
        values.put("chunk-size", "" + settings.plan().chunkSize());
        values.put(
                "stabilizers",
                settings.ownStabilizers() ? "" + settings.plan().stabilizers() : "an eighth of the budget");
        values.put("pinned-tokens", "" + settings.plan().pinnedTokens());
        values.put("score-pooling", "" + settings.plan().scorePooling());
        values.put("recent-share", "" + settings.plan().retention().recentShare());
        values.put("budget-allocation", "" + settings.plan().retention().allocation());
        values.put("positions", settings.positions().name());
        values.put("rope-factors", settings.ropeFactors().name());
        return new SnapshotBinding(values);
    }

    private static String hash(WeightSource weights) {
        MessageDigest digest = sha256();
        add(digest, weights.config().toString());
        for (String name : new TreeSet<>(weights.names())) {
            add(digest, name);
            add(digest, weights.find(name).orElseThrow());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String hash(RetainingHeads heads) {
        MessageDigest digest = sha256();
        for (HostTensor[] tensors : List.of(heads.fc1(), heads.fc2())) {
            Arrays.stream(tensors).forEach(tensor -> add(digest, tensor));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, HostTensor tensor) {
        CRC32C sum = new CRC32C();
        long size = tensor.sizeBytes();
        for (long at = 0; at < size; at += BLOCK) {
            sum.update(tensor.bytes().slice(at, (int) Math.min(BLOCK, size - at)));
        }
        add(digest, tensor.type() + " " + tensor.shape() + " ");
        digest.update(ByteBuffer.allocate(8).putLong(sum.getValue()).flip());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** What tells the model from others. */
    String model() {
        return values.get(MODEL);
    }

    /** Fails with {@code context-mismatch}, naming the first difference, unless a file belongs here. */
    void require(Map<String, String> found, Path file) {
        values.forEach((name, expected) -> {
            String value = found.get(name);
            if (!expected.equals(value)) {
                throw new LocretException(
                        ErrorId.CONTEXT_MISMATCH,
                        "contexts: file does not belong to this engine: " + name + "=" + value + ", expected="
                                + expected + ": " + file);
            }
        });
    }
}
