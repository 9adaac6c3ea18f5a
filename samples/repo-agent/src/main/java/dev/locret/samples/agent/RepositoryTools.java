package dev.locret.samples.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the model may do with a {@link Repository}: list, read and search, each with a result of bounded length. */
final class RepositoryTools {
    private static final int MAX_LINE = 300;

    /** Characters of all names for which a schema may have them, since the prompt has them then. */
    private static final int MAX_ENUM = 1_500;

    private static final JsonMapper JSON = new JsonMapper();

    private final Repository repository;
    private final int maxResult;

    /** @param maxResult characters of a result, the last line's note aside; the model asks again for what follows */
    RepositoryTools(Repository repository, int maxResult) {
        this.repository = repository;
        this.maxResult = maxResult;
    }

    Map<ToolSpecification, ToolExecutor> all() {
        Map<ToolSpecification, ToolExecutor> tools = new LinkedHashMap<>();
        tools.put(
                tool("list", "Lists the files.", JsonObjectSchema.builder().addIntegerProperty("from_file", "1-based")),
                (request, memory) -> answer(request.arguments(), this::list));
        tools.put(
                tool(
                        "read",
                        "Reads a file.",
                        JsonObjectSchema.builder()
                                .addProperty("file", fileSchema())
                                .addIntegerProperty("from_line", "1-based")
                                .required("file")),
                (request, memory) -> answer(request.arguments(), this::read));
        tools.put(
                tool(
                        "search",
                        "Finds the lines that contain a text.",
                        JsonObjectSchema.builder().addStringProperty("text").required("text")),
                (request, memory) -> answer(request.arguments(), this::search));
        return tools;
    }

    private static ToolSpecification tool(String name, String description, JsonObjectSchema.Builder parameters) {
        return ToolSpecification.builder()
                .name(name)
                .description(description)
                .parameters(parameters.build())
                .build();
    }

    /** With few files their names are the schema: then no model, however small, can name one that there is not. */
    private JsonSchemaElement fileSchema() {
        List<String> files = repository.files();
        int characters = files.stream().mapToInt(String::length).sum();
        return files.isEmpty() || characters > MAX_ENUM
                ? JsonStringSchema.builder().build()
                : JsonEnumSchema.builder().enumValues(files).build();
    }

    private static String answer(String arguments, Function<JsonNode, String> tool) {
        try {
            return tool.apply(JSON.readTree(arguments == null || arguments.isBlank() ? "{}" : arguments));
        } catch (RefusedException e) {
            return e.getMessage();
        } catch (JsonProcessingException e) {
            return "refused: arguments are not JSON: " + e.getOriginalMessage();
        }
    }

    private String list(JsonNode arguments) {
        return page(repository.files(), arguments.path("from_file").asInt(1), "file");
    }

    private String read(JsonNode arguments) {
        return page(
                repository.lines(required(arguments, "file")),
                arguments.path("from_line").asInt(1),
                "line");
    }

    private String search(JsonNode arguments) {
        String text = required(arguments, "text");
        StringBuilder found = new StringBuilder();
        for (String file : repository.files()) {
            List<String> lines;
            try {
                lines = repository.lines(file);
            } catch (RefusedException e) {
                // Binary and large files have nothing to find.
                continue;
            }
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains(text)) {
                    String hit = file + ":" + (i + 1) + ": " + shortened(lines.get(i)) + "\n";
                    if (found.length() + hit.length() > maxResult) {
                        return found + "[there is more: search for a longer text]";
                    }
                    found.append(hit);
                }
            }
        }
        return found.isEmpty() ? "[not found: " + shortened(text) + "]" : found.toString();
    }

    private static String required(JsonNode arguments, String name) {
        String value = arguments.path(name).asText("");
        if (value.isEmpty()) {
            throw new RefusedException("refused: no value for '" + name + "'");
        }
        return value;
    }

    private String page(List<String> lines, int from, String unit) {
        int begin = Math.max(1, from) - 1;
        if (begin >= lines.size()) {
            return "[there are " + lines.size() + " " + unit + "s]";
        }
        StringBuilder page = new StringBuilder();
        for (int i = begin; i < lines.size(); i++) {
            String line = shortened(lines.get(i)) + "\n";
            if (i > begin && page.length() + line.length() > maxResult) {
                return page + "[goes on at " + unit + " " + (i + 1) + " of " + lines.size() + "]";
            }
            page.append(line);
        }
        return page.toString();
    }

    private static String shortened(String line) {
        if (line.length() <= MAX_LINE) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_LINE - 1)) ? MAX_LINE - 1 : MAX_LINE;
        return line.substring(0, end) + "…";
    }
}
