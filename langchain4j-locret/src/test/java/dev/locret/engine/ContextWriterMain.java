package dev.locret.engine;

import java.io.IOException;
import java.nio.file.Path;

/** A process that writes one context again and again, and says the version of each when it is written. */
final class ContextWriterMain {
    static final String NAME = "shared";

    private ContextWriterMain() {}

    /**
     * Starts it.
     *
     * @param output where it says the versions
     * @param versions how many to write
     * @param entries size of each
     */
    static Process start(Path directory, Path output, int versions, int entries) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ContextWriterMain.class.getName(),
                        directory.toString(),
                        "" + versions,
                        "" + entries)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) throws IOException {
        ContextFiles files = new ContextFiles(Path.of(arguments[0]), 0, SnapshotFixtures.binding());
        for (int version = 1; version <= Integer.parseInt(arguments[1]); version++) {
            files.write(SnapshotFixtures.context(NAME, version, Integer.parseInt(arguments[2])), () -> true);
            System.out.println(version);
            System.out.flush();
        }
    }
}
