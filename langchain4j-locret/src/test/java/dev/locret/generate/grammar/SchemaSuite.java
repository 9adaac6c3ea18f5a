package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.testing.PipDownload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JSON Schema Test Suite, which the source archive of the PyPI package {@code jsonschema} holds; taken from there the
 * first time, kept in {@code ~/.cache/locret}.
 */
final class SchemaSuite {
    private static final PipDownload ARCHIVE = new PipDownload(
            "jsonschema==4.23.0",
            "jsonschema-4.23.0.tar.gz",
            "d71497fef26351a33265337fa77ffeb82423f3ea21283cd9467bb03999266bc4");

    /** A value, and whether it satisfies the schema of its case. */
    record Instance(String description, JsonNode value, boolean valid) {}

    /** A schema with values. */
    record Case(String file, String description, JsonNode schema, List<Instance> instances) {}

    private SchemaSuite() {}

    /** Cases of a draft; those of files in {@code optional} that are not about formats are left out. */
    static List<Case> cases(String draft) {
        try {
            Path tests = ARCHIVE.unpacked().resolve("jsonschema-4.23.0/json/tests/" + draft);
            List<Case> cases = new ArrayList<>();
            for (Path directory : List.of(tests, tests.resolve("optional/format"))) {
                try (Stream<Path> files = Files.list(directory)) {
                    for (Path file : files.filter(f -> f.toString().endsWith(".json"))
                            .sorted()
                            .toList()) {
                        read(file, cases);
                    }
                }
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Path file, List<Case> cases) throws IOException {
        for (JsonNode c : new ObjectMapper().readTree(file.toFile())) {
            List<Instance> instances = new ArrayList<>();
            for (JsonNode test : c.get("tests")) {
                instances.add(new Instance(
                        test.get("description").asText(),
                        test.get("data"),
                        test.get("valid").booleanValue()));
            }
            String name = file.getFileName().toString();
            cases.add(new Case(name, c.get("description").asText(), c.get("schema"), instances));
        }
    }
}
