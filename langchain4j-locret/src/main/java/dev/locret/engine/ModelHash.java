package dev.locret.engine;

import dev.locret.eviction.HeadLinear;
import dev.locret.eviction.ScoringHeads;
import dev.locret.format.WeightSource;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * Tells models apart: SHA-256 over the configuration and, for each tensor, name, type, shape and CRC-32C of its data, all
 * of which loading reads anyway. It is no defence against who makes an equal one on purpose.
 */
public final class ModelHash {
    private static final int BLOCK = 1 << 24;

    private ModelHash() {}

    /** Of a model's weights and configuration. */
    public static String of(WeightSource weights) {
        MessageDigest digest = sha256();
        add(digest, weights.config().toString());
        for (String name : new TreeSet<>(weights.names())) {
            add(digest, name);
            add(digest, weights.find(name).orElseThrow());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of trained heads: the first layers of all blocks, then the second ones, and so on. */
    public static String of(ScoringHeads heads) {
        MessageDigest digest = sha256();
        int depth = heads.networks().stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < depth; i++) {
            for (List<HeadLinear> network : heads.networks()) {
                if (i < network.size()) {
                    add(digest, network.get(i).weight());
                    Optional.ofNullable(network.get(i).bias()).ifPresent(bias -> add(digest, bias));
                }
            }
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
}
