package dev.locret.engine;

import dev.locret.common.Checks;
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
 * @param cacheBudget entries that it kept per KV head at most
 * @param hash of tokens, policy and budget
 */
record ContextText(String name, int[] tokens, String policy, int cacheBudget, String hash) {
    static ContextText of(String name, int[] tokens, String policy, int cacheBudget) {
        return new ContextText(name, tokens, policy, cacheBudget, hash(tokens, policy, cacheBudget));
    }

    private static String hash(int[] tokens, String policy, int cacheBudget) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((policy + " " + cacheBudget + " ").getBytes(StandardCharsets.UTF_8));
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

    /** Fails with {@code invalid-argument} unless its text begins with these tokens. */
    void requireHead(int[] head) {
        int differs = Arrays.mismatch(head, Arrays.copyOf(tokens, Math.min(tokens.length, head.length)));
        Checks.argument(
                differs < 0,
                () -> "context '" + name
                        + "' was not read behind the request's system message and tools; leave them out"
                        + " or read it with them: request[" + differs + "]=" + head[differs] + ", context[" + differs
                        + "]=" + (differs < tokens.length ? tokens[differs] : "none"));
    }

    /** Whether it is these tokens read by this policy with this budget. */
    boolean isOf(int[] otherTokens, String otherPolicy, int otherBudget) {
        return policy.equals(otherPolicy) && cacheBudget == otherBudget && Arrays.equals(tokens, otherTokens);
    }
}
