package dev.locret.chat.answer;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.locret.chat.tools.ToolCallIds;
import dev.locret.chat.tools.ToolFormat;
import java.util.Set;

/**
 * Parts calls of tools from the text around them. What begins like a call and turns out not to be one, because it is no
 * JSON, has no arguments or breaks off, is text as a whole; but once a piece of its arguments was told it stays a call:
 * one that breaks off then is never complete. For one answer and one thread.
 */
final class ToolCallReader {
    private static final JsonMapper JSON = new JsonMapper();

    private enum State {
        TEXT,
        /** Behind an opener, where a call may begin, or another one. */
        BETWEEN,
        /** Within the name in {@code [TOOL_CALLS]name[ARGS]{}}. */
        NAME,
        CALL
    }

    private final ToolFormat format;
    private final Set<String> tools;
    private final boolean others;
    private final AnswerSink sink;
    /** Not looked at yet, or held back since more must be known. */
    private final StringBuilder held = new StringBuilder();
    /** Since the opener or the last whole call: text, should there be no call. */
    private final StringBuilder raw = new StringBuilder();

    private State state = State.TEXT;
    private boolean atStart = true;
    private boolean calledSinceOpener;
    private int calls;
    private String id;
    private CallScanner scanner;
    /** Whether pieces of the scanned call's arguments were told. */
    private boolean told;

    /**
     * @param tools names of the tools that can be called
     * @param others whether a call of a tool that there is not is a call all the same
     * @param opened whether the prompt ends with the beginning of a call
     */
    ToolCallReader(ToolFormat format, Set<String> tools, boolean others, boolean opened, AnswerSink sink) {
        this.format = format;
        this.tools = tools;
        this.others = others;
        this.sink = sink;
        if (opened) {
            state = State.BETWEEN;
        }
    }

    void append(String piece) {
        held.append(piece);
        while (held.length() > 0 && step()) {
            // Each step takes something from what is held, or changes the state.
        }
        if (scanner != null) {
            tellArguments();
        }
    }

    /** Whether there is more to do with what is held. */
    private boolean step() {
        return switch (state) {
            case TEXT -> text();
            case BETWEEN -> between();
            case NAME -> name();
            case CALL -> call();
        };
    }

    private boolean text() {
        if (atStart && format.startsBare()) {
            int begin = Texts.leadingSpace(held);
            if (begin == held.length()) {
                return false;
            }
            if (held.charAt(begin) == '{') {
                open(begin);
                return true;
            }
        }
        atStart = false;
        int opener = -1;
        int length = 0;
        int beginning = 0;
        for (String candidate : format.openers()) {
            int at = held.indexOf(candidate);
            if (at >= 0 && (opener < 0 || at < opener)) {
                opener = at;
                length = candidate.length();
            }
            beginning = Math.max(beginning, Texts.beginningOf(candidate, held));
        }
        // White space before a call belongs to neither.
        int end = Texts.withoutTrailingSpace(held, opener >= 0 ? opener : held.length() - beginning);
        if (end > 0) {
            sink.text(take(end));
        }
        if (opener < 0) {
            return false;
        }
        open(opener - end + length);
        return true;
    }

    private void open(int length) {
        raw.append(take(length));
        calledSinceOpener = false;
        state = State.BETWEEN;
    }

    private boolean between() {
        atStart = false;
        char c = held.charAt(0);
        if (c == '{') {
            begin(new CallScanner());
            return true;
        }
        for (String opener : format.openers()) {
            if (Texts.startsWith(held, opener)) {
                raw.append(take(opener.length()));
                return true;
            }
        }
        if (Texts.startsWith(held, format.closer()) && !format.closer().isEmpty()) {
            raw.append(take(format.closer().length()));
            leave();
            return true;
        }
        if (isBeginningOfMark()) {
            return false;
        }
        if (Character.isWhitespace(c) || "[],;".indexOf(c) >= 0) {
            raw.append(take(1));
        } else if (format == ToolFormat.MISTRAL && isNamePart(c)) {
            state = State.NAME;
        } else {
            leave();
        }
        return true;
    }

    private boolean isBeginningOfMark() {
        String text = held.toString();
        return format.closer().startsWith(text)
                || format.openers().stream().anyMatch(opener -> opener.startsWith(text));
    }

    private boolean name() {
        int end = held.indexOf("{");
        int mark = held.indexOf(ToolFormat.ARGUMENTS_MARK);
        if (mark > 0 && end < 0) {
            return false;
        }
        if (mark > 0
                && held.substring(mark + ToolFormat.ARGUMENTS_MARK.length(), end)
                        .isBlank()) {
            String name = held.substring(0, mark);
            int idMark = name.indexOf(ToolFormat.ID_MARK);
            name = (idMark < 0 ? name : name.substring(0, idMark)).strip();
            raw.append(take(end));
            begin(new CallScanner(name));
            return true;
        }
        int length = 0;
        while (length < held.length() && isNamePart(held.charAt(length))) {
            length++;
        }
        if (length == held.length() || held.charAt(length) == '[' && mark < 0 && end < 0) {
            return false;
        }
        leave();
        return true;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
    }

    private void begin(CallScanner call) {
        scanner = call;
        told = false;
        id = ToolCallIds.next();
        state = State.CALL;
    }

    private boolean call() {
        int used = 0;
        while (used < held.length() && !scanner.whole()) {
            scanner.append(held.charAt(used++));
        }
        held.delete(0, used);
        if (scanner.whole()) {
            end();
        }
        return true;
    }

    /** Tells more of the arguments, of a call that can become one. */
    private void tellArguments() {
        if (scanner.name() != null && isCallable(scanner.name())) {
            String more = scanner.takeArguments();
            if (!more.isEmpty()) {
                told = true;
                sink.partialCall(calls, id, scanner.name(), more);
            }
        }
    }

    private boolean isCallable(String name) {
        return tools.contains(name) || others && !name.isBlank();
    }

    private void end() {
        tellWhole();
        if (scanner != null) {
            leave();
            return;
        }
        raw.setLength(0);
        calledSinceOpener = true;
        state = State.BETWEEN;
    }

    /** Tells the call, if it is one. */
    private void tellWhole() {
        tellArguments();
        String name = scanner.name();
        String arguments = scanner.arguments();
        if (name == null) {
            JsonNode node = object(scanner.text());
            JsonNode call = node != null && node.path("function").isObject() ? node.get("function") : node;
            if (call == null) {
                return;
            }
            name = call.path("name").asText();
            arguments = arguments(call, tools.contains(name));
            if (arguments == null || object(arguments) == null || !isCallable(name)) {
                return;
            }
            sink.partialCall(calls, id, name, arguments);
        } else if (!told) {
            return;
        }
        sink.completeCall(
                calls++,
                ToolExecutionRequest.builder()
                        .id(id)
                        .name(name)
                        .arguments(arguments)
                        .build());
        scanner = null;
    }

    /** Arguments that are not where models usually write them: before the name, as text, or left out. */
    private static String arguments(JsonNode call, boolean mayLack) {
        JsonNode arguments = call.path("arguments").isMissingNode() ? call.path("parameters") : call.path("arguments");
        if (arguments.isMissingNode() || arguments.isNull()) {
            return mayLack ? "{}" : null;
        }
        return arguments.isTextual() ? arguments.asText() : arguments.toString();
    }

    private static JsonNode object(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node != null && node.isObject() ? node : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Goes back to text. What is no call becomes text, with its opener unless that led to calls before. */
    private void leave() {
        String rest = scanner != null || !calledSinceOpener ? raw.toString() : "";
        if (scanner != null) {
            rest = told ? "" : rest + scanner.text();
        }
        scanner = null;
        raw.setLength(0);
        state = State.TEXT;
        emit(rest);
    }

    private void emit(String text) {
        if (!text.isEmpty()) {
            sink.text(text);
        }
    }

    private String take(int length) {
        String piece = held.substring(0, length);
        held.delete(0, length);
        return piece;
    }

    /** Ends the answer. */
    void finish() {
        if (state != State.TEXT) {
            leave();
        }
        if (calls == 0 || !held.toString().isBlank()) {
            emit(take(held.length()));
        }
    }
}
