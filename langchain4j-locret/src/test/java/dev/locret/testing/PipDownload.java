package dev.locret.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The source archive or wheel of a PyPI package, fetched by pip the first time and unpacked in {@code ~/.cache/locret}.
 * Two JVMs may ask at once.
 *
 * @param requirement package and version, as in {@code name==1.0}
 * @param file name of the archive, or of a wheel for Linux
 * @param sha256 its sum
 */
public record PipDownload(String requirement, String file, String sha256) {
    /** The directory with what the archive holds. */
    public synchronized Path unpacked() throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "locret");
        Path target = cache.resolve(file + ".unpacked");
        if (!Files.isDirectory(target)) {
            Files.createDirectories(cache);
            Path scratch = Files.createTempDirectory(cache, "fetch");
            try {
                boolean wheel = file.endsWith(".whl");
                String kind = wheel ? "--only-binary" : "--no-binary";
                download(scratch, requirement, kind, requirement.replaceAll("=.*", ""));
                String sum = sha256(scratch.resolve(file));
                if (!sum.equals(sha256)) {
                    throw new IOException("SHA-256 of " + file + " is " + sum + ", expected " + sha256);
                }
                Path inside = scratch.resolve("unpacked");
                run(
                        List.of(
                                "python3",
                                "-m",
                                wheel ? "zipfile" : "tarfile",
                                "-e",
                                scratch.resolve(file).toString(),
                                inside.toString()),
                        scratch.resolve("tar.log"));
                move(inside, target);
            } finally {
                try (Stream<Path> files = Files.walk(scratch)) {
                    files.sorted(Comparator.reverseOrder())
                            .forEach(f -> f.toFile().delete());
                }
            }
        }
        return target;
    }

    /** Puts a file or directory where others look for it; if another JVM was faster with the same, that one stays. */
    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Java has no exception of its own for a directory that is in the way of an atomic move.
            if (!Files.exists(to)) {
                throw e;
            }
        }
    }

    /** Lets pip fetch a package, without those it needs, to a directory; fails with what pip said. */
    static void download(Path directory, String requirement, String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("python3", "-m", "pip", "download", "--no-deps", "--dest", directory.toString()));
        command.addAll(List.of(options));
        command.add(requirement);
        run(command, directory.resolve("pip.log"));
    }

    private static void run(List<String> command, Path log) throws IOException {
        String needed = "\nNeeded: python3 with pip (Debian: apt-get install python3-pip)";
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("'" + String.join(" ", command) + "' ended with " + status + ": "
                        + Files.readString(log) + needed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw e.getMessage().contains(needed) ? e : new IOException(e.getMessage() + needed, e);
        }
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
