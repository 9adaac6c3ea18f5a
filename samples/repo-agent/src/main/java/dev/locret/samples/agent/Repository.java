package dev.locret.samples.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The text files below a directory, read only. What the model asks for is as little trusted as the files: no name leads out of
 * the directory, through a symbolic link either, and nothing large or binary is read.
 */
final class Repository {
    /** A source file is smaller; a larger one is data. */
    static final long MAX_FILE_BYTES = 1 << 20;

    static final int MAX_FILES = 5_000;

    private static final int SNIFFED_BYTES = 4_096;

    private final Path root;

    Repository(Path directory) throws IOException {
        this.root = directory.toRealPath();
        if (!Files.isDirectory(root)) {
            throw new IOException("not a directory: " + directory);
        }
    }

    /**
     * Names of the files relative to the directory, sorted, with {@code /}; hidden ones, links and those that begin
     * as no text does are left out.
     *
     * @throws RefusedException if there are more than {@link #MAX_FILES}
     */
    List<String> files() {
        List<String> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return isHidden(directory) && !directory.equals(root)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !isHidden(file) && !beginsBinary(file)) {
                        if (files.size() == MAX_FILES) {
                            throw new RefusedException("refused: more than " + MAX_FILES + " files in " + root);
                        }
                        files.add(root.relativize(file).toString().replace('\\', '/'));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }

    private static boolean beginsBinary(Path file) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (byte b : in.readNBytes(SNIFFED_BYTES)) {
                if (b == 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /**
     * The lines of a file.
     *
     * @throws RefusedException if there is none of that name below the directory, or if it is not a text of at most {@link
     *     #MAX_FILE_BYTES}
     */
    List<String> lines(String name) {
        Path file = resolve(name);
        byte[] content;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            content = in.readNBytes((int) MAX_FILE_BYTES + 1);
        } catch (IOException e) {
            throw new RefusedException("refused: cannot be read: " + name);
        }
        if (content.length > MAX_FILE_BYTES) {
            throw new RefusedException("refused: larger than " + MAX_FILE_BYTES + " bytes: " + name);
        }
        return text(name, content).lines().toList();
    }

    private Path resolve(String name) {
        Path real;
        try {
            real = root.resolve(name).toRealPath();
        } catch (InvalidPathException | IOException e) {
            throw new RefusedException("refused: no such file: " + name);
        }
        // After links are resolved: neither "..", nor an absolute name, nor a link gets past this.
        if (!real.startsWith(root)) {
            throw new RefusedException("refused: outside of the directory: " + name);
        }
        if (!Files.isRegularFile(real)) {
            throw new RefusedException("refused: not a file: " + name);
        }
        return real;
    }

    private static String text(String name, byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // Refused below like a text with NUL.
        }
        throw new RefusedException("refused: not a text: " + name);
    }
}
