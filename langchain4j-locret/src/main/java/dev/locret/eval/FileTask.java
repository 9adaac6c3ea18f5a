package dev.locret.eval;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Documents and questions of a JSON-lines file, in one of the {@link TaskForm forms} that are known. */
public final class FileTask implements Task {
    private final String name;
    private final List<Item> items;

    private FileTask(String name, List<Item> items) {
        this.name = name;
        this.items = items;
    }

    /**
     * Reads a file. Questions of several lines to one document that is named are asked of it together.
     *
     * @param most documents to read at most, since published files are large
     * @param documents text of a document by the name that a line gives it
     * @throws LocretException ({@code file-not-readable}; {@code file-damaged} with the line and the field)
     */
    public static FileTask read(Path file, int most, UnaryOperator<String> documents) {
        Map<String, Item> items = new LinkedHashMap<>();
        boolean named = false;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                number++;
                if (items.size() >= most && !named) {
                    break;
                }
                if (!text.isBlank()) {
                    TaskLine line = TaskLine.parse(text, file, number, documents);
                    named |= !line.documentName().isEmpty();
                    if (items.size() < most || items.containsKey(key(line))) {
                        items.merge(key(line), TaskForm.of(line).item(line), FileTask::together);
                    }
                }
            }
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "task file: cannot be read (" + e + "): " + file, e);
        }
        Checks.check(!items.isEmpty(), ErrorId.FILE_DAMAGED, () -> "task file: has no question: " + file);
        return new FileTask(file.getFileName().toString().replaceAll("\\.jsonl?$", ""), List.copyOf(items.values()));
    }

    /** The same for lines about one document, unless their questions are turns, which follow their own. */
    private static String key(TaskLine line) {
        boolean alone = line.documentName().isEmpty() || line.flag("turns");
        return alone ? "line " + line.number() : "document " + line.documentName();
    }

    private static Item together(Item one, Item other) {
        return new Item(
                one.document(),
                Stream.concat(one.queries().stream(), other.queries().stream()).toList(),
                null);
    }

    /** The same in an order drawn at random, so that the first documents stand for all. */
    public FileTask shuffled(long seed) {
        List<Item> order = new ArrayList<>(items);
        Collections.shuffle(order, new Random(seed));
        return new FileTask(name, order);
    }

    /** SHA-256 of documents and questions in their order. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Item item : items) {
                digest.update(item.toString().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
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
