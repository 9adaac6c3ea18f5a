package dev.locret.train.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.IntConsumer;

/** Writes a training file: JSON lines, beside its place first, so that it is there whole or not at all. */
public final class SampleFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SampleFile() {}

    /**
     * @param samples how many
     * @param progress told of each that is written
     * @throws LocretException ({@code file-not-writable}) with the file
     */
    public static void write(Path file, SampleGenerator generator, int samples, IntConsumer progress) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (BufferedWriter lines = Files.newBufferedWriter(part)) {
                for (int i = 0; i < samples; i++) {
                    lines.write(JSON.writeValueAsString(generator.sample(i)));
                    lines.write('\n');
                    progress.accept(i + 1);
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_WRITABLE, "train-data: not written (" + e + "): " + file, e);
        }
    }
}
