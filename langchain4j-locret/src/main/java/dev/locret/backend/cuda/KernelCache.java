package dev.locret.backend.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk: a file for each hash of source, options, chip and versions, with a checksum in front. A
 * damaged file is compiled anew; a directory that cannot be written costs a compilation at each start and nothing else.
 */
final class KernelCache {
    /** Where kernels are kept, instead of {@code ~/.cache/locret/kernels}. */
    static final String PROPERTY = "locret.cuda.cache";

    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
    private static final byte[] MAGIC = "LCRTKRN1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = MAGIC.length + 32;

    private final Path directory;
    private boolean told;

    KernelCache(Path directory) {
        this.directory = directory;
    }

    static KernelCache ofMachine() {
        String named = System.getProperty(PROPERTY);
        return new KernelCache(
                named != null
                        ? Path.of(named)
                        : Path.of(System.getProperty("user.home"), ".cache", "locret", "kernels"));
    }

    /** Name of what is compiled from these texts. */
    static String key(String source, List<String> headers, List<String> options, String versions) {
        MessageDigest digest = sha256();
        for (String each : List.of(source, String.join("\0", headers), String.join("\0", options), versions)) {
            byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
            // Lengths keep one text's end from passing for the next one's beginning.
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** What is kept under the key, or what {@code compiler} makes. */
    byte[] get(String key, Supplier<byte[]> compiler) {
        Path file = directory.resolve(key + ".cubin");
        byte[] found = read(file);
        if (found != null) {
            return found;
        }
        byte[] made = compiler.get();
        write(file, made);
        return made;
    }

    private byte[] read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > HEADER && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                byte[] image = Arrays.copyOfRange(bytes, HEADER, bytes.length);
                if (Arrays.equals(bytes, MAGIC.length, HEADER, sha256().digest(image), 0, HEADER - MAGIC.length)) {
                    return image;
                }
            }
            LOG.warn("Compiled kernel is damaged and is made anew: {}", file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("Compiled kernel cannot be read and is made anew: {}", e.toString());
        }
        return null;
    }

    private void write(Path file, byte[] image) {
        try {
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, "kernel", ".part");
            try {
                ByteBuffer out = ByteBuffer.allocate(HEADER + image.length);
                out.put(MAGIC).put(sha256().digest(image)).put(image);
                Files.write(part, out.array());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            if (!told) {
                LOG.warn("Compiled kernels cannot be kept, the next start compiles them again: {}", e.toString());
                told = true;
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
