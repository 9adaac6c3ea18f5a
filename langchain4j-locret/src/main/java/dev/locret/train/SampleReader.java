package dev.locret.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads JSON lines: {@code {"context", "question", "answer"}}, {@code {"context", "questions": [{"question",
 * "answer"}]}}, {@code {"text"}}, or {@code {"messages": [{"role", "content"}]}} with an answer of the assistant at the end. Empty lines are
 * passed over.
 */
final class SampleReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SampleReader() {}

    /**
     * Gives every sample of a file to {@code sink}.
     *
     * @throws LocretException {@code training-data} with the line, if one is not JSON or has other fields;
     *     {@code file-not-readable}
     */
    static void read(Path file, Consumer<SampleText> sink) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line;
            for (int number = 1; (line = lines.readLine()) != null; number++) {
                if (!line.isBlank()) {
                    sink.accept(parse(line, file + " line " + number));
                }
            }
        } catch (CharacterCodingException e) {
            throw new LocretException(ErrorId.TRAINING_DATA, "train: not valid UTF-8: " + file, e);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "train: cannot be read (" + e + "): " + file, e);
        }
    }

    static SampleText parse(String line, String source) {
        JsonNode sample = json(line, source);
        if (sample.has("messages")) {
            return conversation(sample.get("messages"), source);
        }
        if (sample.has("text")) {
            return SampleText.of(source, text(sample, "text", source));
        }
        String context = text(sample, "context", source);
        List<String> questions = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (JsonNode asked : sample.has("questions") ? sample.get("questions") : List.of(sample)) {
            questions.add(text(asked, "question", source));
            answers.add(text(asked, "answer", source));
        }
        if (questions.isEmpty()) {
            throw invalid("'questions' is empty", source);
        }
        return SampleText.of(source, context, questions, answers);
    }

    private static JsonNode json(String line, String source) {
        try {
            JsonNode node = JSON.readTree(line);
            if (!node.isObject()) {
                throw invalid("not a JSON object", source);
            }
            return node;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at column " + e.getLocation().getColumnNr();
            throw invalid("not valid JSON" + where + " (" + e.getOriginalMessage() + ")", source);
        }
    }

    private static SampleText conversation(JsonNode messages, String source) {
        List<Map<String, String>> list = new ArrayList<>();
        for (JsonNode message : messages) {
            list.add(Map.of("role", text(message, "role", source), "content", text(message, "content", source)));
        }
        int last = list.size() - 1;
        boolean answered = last >= 1
                && list.get(last).get("role").equals("assistant")
                && list.get(last - 1).get("role").equals("user");
        if (!answered) {
            throw invalid("'messages' must end with one of the user and one of the assistant", source);
        }
        return SampleText.of(source, list);
    }

    private static String text(JsonNode node, String field, String source) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual()) {
            throw invalid("'" + field + "' is " + (value == null ? "missing" : "not a string"), source);
        }
        return value.asText();
    }

    private static LocretException invalid(String what, String source) {
        return new LocretException(ErrorId.TRAINING_DATA, "train: " + what + ": " + source);
    }
}
