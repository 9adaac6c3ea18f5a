package dev.locret.samples.rag;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same questions asked with several ways to retrieve. */
final class Comparison {
    private final Map<String, Reader> readers;
    private final Map<String, List<Outcome>> ways = new LinkedHashMap<>();

    /** @param readers by the name of their way to retrieve */
    Comparison(Map<String, Reader> readers) {
        this.readers = readers;
    }

    /** Prints each answer as it comes, and the table at the end. */
    void ask(List<Question> questions, PrintStream out) {
        for (Question question : questions) {
            readers.forEach((way, reader) -> {
                Outcome outcome = Outcome.ask(reader, question);
                ways.computeIfAbsent(way, name -> new ArrayList<>()).add(outcome);
                out.printf(
                        "%s %-16s %s%n    %s%n",
                        outcome.right() ? "+" : "-",
                        way,
                        question.question(),
                        outcome.answer().strip());
            });
        }
        out.printf("%n%s", Report.table(ways));
    }

    /** Writes {@code answers.jsonl}, a line for each way and question, and {@code right-answers.png}. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        JsonMapper json = new JsonMapper();
        try (BufferedWriter writer = Files.newBufferedWriter(directory.resolve("answers.jsonl"))) {
            for (Map.Entry<String, List<Outcome>> way : ways.entrySet()) {
                for (Outcome outcome : way.getValue()) {
                    writer.write(json.writeValueAsString(Map.of("retrieved", way.getKey(), "outcome", outcome)));
                    writer.newLine();
                }
            }
        }
        Report.picture(ways, directory.resolve("right-answers.png"));
    }
}
