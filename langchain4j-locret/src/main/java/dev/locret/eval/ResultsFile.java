package dev.locret.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Outcomes as JSON lines, the first of which tells the settings of the run. A line is written in one go when its document
 * is done; a last line that an interruption cut is dropped and its document measured again.
 */
public final class ResultsFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();

    private ResultsFile(Path file) {
        this.file = file;
    }

    /**
     * Opens the results of an interrupted run, or begins new ones.
     *
     * @param settings what outcomes depend on beside their own fields, by name
     * @throws LocretException ({@code invalid-argument}) if the file's settings differ, {@code file-damaged} with the
     *     line, {@code file-not-writable}
     */
    public static ResultsFile open(Path file, Map<String, String> settings) {
        ResultsFile results = new ResultsFile(file);
        try {
            List<String> lines = Files.exists(file) ? whole(Files.readString(file)) : List.of();
            if (lines.isEmpty()) {
                Files.writeString(file, JSON.writeValueAsString(settings) + "\n");
            } else {
                requireSame(settings, results.parse(lines.get(0), 1, JsonNode.class), file);
                for (int i = 1; i < lines.size(); i++) {
                    results.remember(results.parse(lines.get(i), i + 1, Outcome.class));
                }
                dropCutLine(file);
            }
            return results;
        } catch (IOException e) {
            throw results.notWritable(e);
        }
    }

    /** The lines that end with a line break. */
    private static List<String> whole(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static void dropCutLine(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (bytes[end - 1] != '\n') {
            end--;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(end);
        }
    }

    private <T> T parse(String line, int number, Class<T> type) {
        try {
            return JSON.readValue(line, type);
        } catch (JsonProcessingException e) {
            throw new LocretException(
                    ErrorId.FILE_DAMAGED,
                    "eval results: line " + number + " is none of ours (" + e.getOriginalMessage() + "): " + file,
                    e);
        }
    }

    private static void requireSame(Map<String, String> settings, JsonNode found, Path file) {
        settings.forEach((name, value) -> Checks.argument(
                Objects.equals(value, found.path(name).asText(null)),
                () -> "eval results are of another run: " + name + "=" + value + ", in the file " + name + "="
                        + found.path(name).asText(null) + ": " + file));
    }

    private void remember(Outcome outcome) {
        if (keys.add(outcome.key())) {
            outcomes.add(outcome);
        }
    }

    boolean has(String key) {
        return keys.contains(key);
    }

    /** Appends an outcome. */
    void add(Outcome outcome) {
        try {
            byte[] line = (JSON.writeValueAsString(outcome) + "\n").getBytes(StandardCharsets.UTF_8);
            Files.write(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw notWritable(e);
        }
        remember(outcome);
    }

    private LocretException notWritable(IOException cause) {
        return new LocretException(
                ErrorId.FILE_NOT_WRITABLE, "eval results: not written (" + cause + "): " + file, cause);
    }

    List<Outcome> outcomes() {
        return outcomes;
    }
}
