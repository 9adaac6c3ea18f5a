package dev.locret.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Documents and questions of a JSON-lines file, in one of the {@link TaskForm forms} that are known. */
public final class FileTask implements Task {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final List<Item> items;

    private FileTask(String name, List<Item> items) {
        this.name = name;
        this.items = items;
    }

    /**
     * @param most documents to read at most, since published files are large
     * @throws LocretException ({@code file-not-readable}; {@code file-damaged} with the line and the field)
     */
    public static FileTask read(Path file, int most) {
        List<Item> items = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String text = lines.readLine(); text != null && items.size() < most; text = lines.readLine()) {
                number++;
                if (!text.isBlank()) {
                    items.add(parse(text, file, number));
                }
            }
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "task file: cannot be read (" + e + "): " + file, e);
        }
        Checks.check(!items.isEmpty(), ErrorId.FILE_DAMAGED, () -> "task file: has no line: " + file);
        return new FileTask(file.getFileName().toString().replaceAll("\\.jsonl?$", ""), items);
    }

    private static Item parse(String text, Path file, int number) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new LocretException(
                    ErrorId.FILE_DAMAGED,
                    "task file: line " + number + ": is not JSON (" + e.getOriginalMessage() + "): " + file,
                    e);
        }
        TaskLine line = new TaskLine(json, "", file, number);
        return TaskForm.of(line).item(line);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public boolean hasLength() {
        return false;
    }
}
