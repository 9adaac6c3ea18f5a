package dev.locret.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hash by which a hub names the content of a file; it is the file's ETag and its name in the cache.
 *
 * @param kind how it is computed
 * @param hex lower-case digits
 */
record BlobHash(Kind kind, String hex) {
    /** Two kinds, told apart by their length. */
    enum Kind {
        /** SHA-256 of the content: large files (LFS, Xet). */
        SHA_256("SHA-256"),
        /** Git's SHA-1 over {@code blob <size>\0} and the content: small files. */
        GIT_SHA_1("SHA-1");

        private final String algorithm;

        Kind(String algorithm) {
            this.algorithm = algorithm;
        }
    }

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int BUFFER_BYTES = 1 << 16;

    /** Reads an ETag header, weak or strong; empty if it is not a hash of either kind. */
    static Optional<BlobHash> fromETag(String etag) {
        String hex = etag.strip().replaceFirst("^W/", "").replace("\"", "");
        return HEX.matcher(hex).matches()
                ? Optional.of(new BlobHash(hex.length() == 64 ? Kind.SHA_256 : Kind.GIT_SHA_1, hex))
                : Optional.empty();
    }

    /** The hash of the same kind over {@code file}. */
    String over(Path file) throws IOException {
        MessageDigest digest = digest();
        if (kind == Kind.GIT_SHA_1) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance(kind.algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + kind.algorithm, e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
