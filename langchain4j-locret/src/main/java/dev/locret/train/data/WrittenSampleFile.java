package dev.locret.train.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A training file that grows by a line a sample, since writing takes long: a run that was interrupted goes on behind what
 * is there, to the same file as without the interruption.
 */
public final class WrittenSampleFile {
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    /** Samples in a row without a usable question after which the model is given up. */
    private static final int GIVE_UP = 20;

    /**
     * A line: a sample and where it comes from.
     *
     * @param run what the run is of
     * @param sample number of the sample in its run
     */
    private record Line(String context, List<Sample.Question> questions, String run, Integer sample) {
        Sample value() {
            return new Sample(context, questions);
        }
    }

    private final Path file;
    private final String run;

    /**
     * @param run tells this run from others: model, documents, seed and sizes
     */
    public WrittenSampleFile(Path file, String run) {
        this.file = file;
        this.run = run;
    }

    /**
     * Writes samples until the file has so many.
     *
     * @param progress told of how many there are
     * @return how many there were before
     * @throws LocretException {@code file-not-readable}, {@code file-not-writable}; {@code checkpoint-mismatch} if the file
     *     is of another run; {@code training-data} if the model writes nothing of use
     */
    public int write(WrittenSamples samples, int wanted, IntConsumer progress) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int before = 0;
            int next = 0;
            for (Line line : read(channel)) {
                samples.known(line.value());
                next = line.sample() + 1;
                before++;
            }
            append(channel, samples, before, next, wanted, progress);
            return before;
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_WRITABLE, "train-data: not written (" + e + "): " + file, e);
        }
    }

    private void append(
            FileChannel channel, WrittenSamples samples, int before, int first, int wanted, IntConsumer progress)
            throws IOException {
        int written = before;
        int empty = 0;
        for (int next = first; written < wanted; next++) {
            progress.accept(written);
            Sample sample = samples.sample(next);
            if (sample.questions().isEmpty()) {
                empty++;
                int tried = empty;
                Checks.check(
                        empty < GIVE_UP,
                        ErrorId.TRAINING_DATA,
                        () -> "train-data: the model writes no question that can be trained on: samples in a row="
                                + tried + ", left out: " + samples.leftOut());
                continue;
            }
            empty = 0;
            Line line = new Line(sample.context(), sample.questions(), run, next);
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(JSON.writeValueAsString(line) + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            written++;
        }
        progress.accept(written);
    }

    /** The lines of this run; one that was cut off goes. The channel stands behind them. */
    private List<Line> read(FileChannel channel) throws IOException {
        String text = Files.readString(file);
        int end = text.lastIndexOf('\n') + 1;
        long bytes = text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
        List<String> lines = text.substring(0, end).lines().toList();
        List<Line> parsed = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            parsed.add(parse(lines.get(i), i + 1));
        }
        channel.truncate(bytes);
        channel.position(bytes);
        return parsed;
    }

    private Line parse(String text, int number) {
        String where = file + " line " + number;
        try {
            Line line = JSON.readValue(text, Line.class);
            Checks.check(
                    line != null && run.equals(line.run) && line.sample != null && line.questions != null,
                    ErrorId.CHECKPOINT_MISMATCH,
                    () -> "train-data: file holds samples of another run: run=" + (line == null ? null : line.run)
                            + ", now=" + run + ": " + where);
            return line;
        } catch (JsonProcessingException e) {
            throw new LocretException(
                    ErrorId.TRAINING_DATA, "train-data: not a sample (" + e.getOriginalMessage() + "): " + where, e);
        }
    }
}
