package dev.locret.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a context was read from: little beside the cache that reading it left.
 *
 * @param name its name
 * @param tokens token ids of its text
 * @param policy name of the policy that read it
 * @param hash of tokens and policy
 */
record ContextText(String name, int[] tokens, String policy, String hash) {
    static ContextText of(String name, int[] tokens, String policy) {
        return new ContextText(name, tokens, policy, hash(tokens, policy));
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

    /** Whether it is these tokens read by this policy. */
    boolean isOf(int[] otherTokens, String otherPolicy) {
        return policy.equals(otherPolicy) && Arrays.equals(tokens, otherTokens);
    }
}
