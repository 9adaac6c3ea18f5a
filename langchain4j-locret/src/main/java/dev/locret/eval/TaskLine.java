package dev.locret.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;

/**
 * A line of a task file; what is wrong with it is told with the file, the line and the field.
 *
 * @param place prefix of the fields' names
 * @param documents texts of the documents that lines name
 */
record TaskLine(JsonNode json, String place, Path file, int number, UnaryOperator<String> documents) {
    private static final String DOCUMENT = "document";

    private static final int MAX_TOKENS = 64;
    private static final int SUMMARY_TOKENS = 256;

    private static final ObjectMapper JSON = new ObjectMapper();

    static TaskLine parse(String text, Path file, int number, UnaryOperator<String> documents) {
        TaskLine line = new TaskLine(JSON.nullNode(), "", file, number, documents);
        try {
            return new TaskLine(JSON.readTree(text), "", file, number, documents);
        } catch (JsonProcessingException e) {
            throw line.damaged("is not JSON (" + e.getOriginalMessage() + ")");
        }
    }

    boolean has(String field) {
        return json.has(field);
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** An object inside this line. */
    TaskLine inside(String field, JsonNode object) {
        return new TaskLine(object, field + ".", file, number, documents);
    }

    /** A text that must be there and not empty. */
    String text(String field) {
        JsonNode value = json.path(field);
        require(
                field,
                value.isTextual() && !value.asText().isBlank(),
                "must be a text that is not empty: " + shown(value));
        return value.asText();
    }

    /** A text, or empty. */
    String optional(String field) {
        return json.path(field).asText("");
    }

    /** Whether a field that may be absent is true. */
    boolean flag(String field) {
        JsonNode value = json.path(field);
        require(field, value.isMissingNode() || value.isBoolean(), "must be true or false: " + shown(value));
        return value.asBoolean(false);
    }

    /** Name of the document that this line is about, empty if it holds its text. */
    String documentName() {
        return optional(DOCUMENT);
    }

    /** Text of the document that this line names. */
    String document() {
        String name = text(DOCUMENT);
        String text;
        try {
            text = documents.apply(name);
        } catch (LocretException e) {
            throw damaged("field " + DOCUMENT + ": " + e.getMessage());
        }
        require(DOCUMENT, !text.isBlank(), "names a file without text: " + name);
        return text;
    }

    /** The entries of {@code questions}. */
    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode question : list("questions")) {
            queries.add(inside("questions", question).query("question", "answer", Scorer.CONTAINS));
        }
        return queries;
    }

    JsonNode list(String field) {
        JsonNode value = json.path(field);
        require(field, value.isArray() && !value.isEmpty(), "must be a list that is not empty: " + shown(value));
        return value;
    }

    /** A text or number, or a list of those. */
    List<String> texts(String field) {
        JsonNode value = json.path(field);
        List<String> texts = new ArrayList<>();
        if (value.isValueNode() && !value.isNull()) {
            texts.add(value.asText());
        } else {
            list(field).forEach(entry -> texts.add(entry.asText()));
        }
        require(field, texts.stream().noneMatch(String::isBlank), "has an empty answer: " + shown(value));
        return texts;
    }

    Query query(String question, String answer, Scorer otherwise) {
        return query(text(question), texts(answer), scorer(otherwise));
    }

    Query query(String question, List<String> expected, Scorer scorer) {
        if (scorer == Scorer.REGEX) {
            expected.forEach(this::requireExpression);
        }
        int tokens = json.path("maxTokens").asInt(scorer == Scorer.ROUGE_L ? SUMMARY_TOKENS : MAX_TOKENS);
        require("maxTokens", tokens > 0, "must be positive: " + tokens);
        return new Query(scorer.label(), question, expected, scorer, -1, tokens, null);
    }

    private void requireExpression(String expression) {
        try {
            Answers.pattern(expression);
        } catch (PatternSyntaxException e) {
            throw damaged("field " + place + "answer is no regular expression: " + expression);
        }
    }

    private Scorer scorer(Scorer otherwise) {
        if (!has("score")) {
            return otherwise;
        }
        String name = optional("score").toLowerCase(Locale.ROOT);
        List<String> labels = new ArrayList<>();
        for (Scorer scorer : Scorer.values()) {
            if (scorer.label().equals(name)) {
                return scorer;
            }
            labels.add(scorer.label());
        }
        throw damaged("field " + place + "score is unknown: score=" + name + ", allowed=" + String.join(", ", labels));
    }

    void require(String field, boolean condition, String what) {
        if (!condition) {
            throw damaged("field " + place + field + " " + what);
        }
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "absent" : value.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    LocretException damaged(String what) {
        return new LocretException(ErrorId.FILE_DAMAGED, "task file: line " + number + ": " + what + ": " + file);
    }
}
