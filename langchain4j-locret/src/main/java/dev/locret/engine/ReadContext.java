package dev.locret.engine;

import dev.locret.cache.CacheSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A context and the cache that reading it left.
 *
 * @param tokens token ids of its text
 * @param policy name of the policy that read it
 * @param hash of tokens and policy
 */
record ReadContext(String name, int[] tokens, String policy, String hash, CacheSnapshot snapshot) {
    static ReadContext of(String name, int[] tokens, String policy, CacheSnapshot snapshot) {
        return new ReadContext(name, tokens, policy, hash(tokens, policy), snapshot);
    }

    private static String hash(int[] tokens, String policy) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(policy.getBytes(StandardCharsets.UTF_8));
            ByteBuffer block = ByteBuffer.allocate(4096);
            for (int token : tokens) {
                if (!block.hasRemaining()) {
                    digest.update(block.flip());
                    block.clear();
                }
                block.putInt(token);
            }
            digest.update(block.flip());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Whether it is what reading these tokens would leave. */
    boolean isOf(int[] otherTokens, String otherPolicy) {
        return policy.equals(otherPolicy) && Arrays.equals(tokens, otherTokens);
    }

    /** Bytes of entries and tokens. */
    long bytes() {
        return snapshot.bytes() + 4L * tokens.length;
    }

    ContextInfo info() {
        long heads = (long) snapshot.layers().size() * snapshot.layers().get(0).lengths().length;
        return new ContextInfo(
                name, policy, tokens.length, snapshot.longest(), tokens.length * heads - snapshot.entries(), bytes());
    }
}
