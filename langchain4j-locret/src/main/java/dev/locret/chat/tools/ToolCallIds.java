package dev.locret.chat.tools;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of tool calls: nine letters and digits, which Mistral's templates insist on and nobody else minds. */
public final class ToolCallIds {
    /** Characters of an id. */
    public static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /** Characters in an id. */
    public static final int LENGTH = 9;

    private ToolCallIds() {}

    /** An id for a new call. */
    public static String next() {
        StringBuilder id = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** The id itself if it has the form, else one that follows from it: calls may come from another provider. */
    public static String normalise(String id) {
        if (id != null && id.length() == LENGTH && id.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
            return id;
        }
        byte[] digest = sha256(String.valueOf(id));
        StringBuilder normalised = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            normalised.append(ALPHABET.charAt((digest[i] & 0xFF) % ALPHABET.length()));
        }
        return normalised.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
