package dev.locret.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.corpus.Paragraphs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which paragraphs stand in training files, to keep them out of evaluation. */
final class TrainingParagraphs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainingParagraphs() {}

    /**
     * The {@link Paragraphs#key keys} of all paragraphs of all texts of all lines.
     *
     * @throws LocretException ({@code file-not-readable}, {@code file-damaged}) with the line
     */
    static Set<String> keys(List<Path> files) {
        Set<String> keys = new HashSet<>();
        for (Path file : files) {
            int number = 0;
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    collect(JSON.readTree(line), keys);
                }
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new LocretException(
                        ErrorId.FILE_DAMAGED,
                        "training data: line " + number + " is not JSON (" + e.getOriginalMessage() + "): " + file,
                        e);
            } catch (IOException e) {
                throw new LocretException(
                        ErrorId.FILE_NOT_READABLE, "training data: cannot be read (" + e + "): " + file, e);
            }
        }
        return keys;
    }

    private static void collect(JsonNode node, Set<String> keys) {
        if (node.isTextual()) {
            Paragraphs.of(node.asText()).forEach(p -> keys.add(Paragraphs.key(p)));
        } else {
            node.forEach(child -> collect(child, keys));
        }
    }
}
