package dev.locret.chat.answer;

import static dev.locret.chat.tools.ToolFormat.GENERIC;
import static dev.locret.chat.tools.ToolFormat.HERMES;
import static dev.locret.chat.tools.ToolFormat.LLAMA3;
import static dev.locret.chat.tools.ToolFormat.MISTRAL;
import static dev.locret.chat.tools.ToolFormat.PHI4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.chat.answer.AnswerParser.Start;
import dev.locret.chat.tools.ToolFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every answer is cut into pieces of one character, of three, and not at all: it must come to the same. */
class AnswerParserTest {
    private static final Set<String> TOOLS = Set.of("f", "get_time");
    private static final String CALL = "{\"name\": \"f\", \"arguments\": {\"a\": \"mkdir -p a/{b,c\"}}";
    private static final String ARGUMENTS = "{\"a\": \"mkdir -p a/{b,c\"}";
    private static final List<String> CUT = List.of("text Wait.", "partial 0 f {\"a\": \"mkdir");
    private static final List<String> F = List.of("partial 0 f " + ARGUMENTS, "call 0 f " + ARGUMENTS);

    static Stream<Arguments> answers() {
        List<String> two = List.of(
                "partial 0 f " + ARGUMENTS, "call 0 f " + ARGUMENTS, "partial 1 get_time {}", "call 1 get_time {}");
        String time = "{\"name\": \"get_time\", \"arguments\": {}}";
        return Stream.of(
                // Calls as each family writes them.
                Arguments.of(HERMES, "<tool_call>\n" + CALL + "\n</tool_call>", F),
                Arguments.of(GENERIC, "<tool_call>" + CALL + "</tool_call>", F),
                Arguments.of(LLAMA3, "{\"name\": \"f\", \"parameters\": " + ARGUMENTS + "}", F),
                Arguments.of(LLAMA3, "<|python_tag|>{\"name\": \"f\", \"parameters\": " + ARGUMENTS + "}", F),
                Arguments.of(LLAMA3, "{\"type\": \"function\", \"name\": \"f\", \"parameters\": " + ARGUMENTS + "}", F),
                Arguments.of(MISTRAL, "[TOOL_CALLS] [" + CALL + "]", F),
                Arguments.of(MISTRAL, "[TOOL_CALLS]f[ARGS]" + ARGUMENTS, F),
                Arguments.of(MISTRAL, "[TOOL_CALLS]f[CALL_ID]a1b2c3d4e[ARGS]" + ARGUMENTS, F),
                Arguments.of(PHI4, "<|tool_call|>[" + CALL + "]<|/tool_call|>", F),
                Arguments.of(PHI4, "functools[" + CALL + "]", F),
                // Several at once.
                Arguments.of(
                        HERMES,
                        "<tool_call>\n" + CALL + "\n</tool_call>\n<tool_call>\n" + time + "\n</tool_call>",
                        two),
                Arguments.of(MISTRAL, "[TOOL_CALLS] [" + CALL + ", " + time + "]", two),
                Arguments.of(MISTRAL, "[TOOL_CALLS]f[ARGS]" + ARGUMENTS + "[TOOL_CALLS]get_time[ARGS]{}", two),
                Arguments.of(LLAMA3, CALL + "; " + time, two),
                Arguments.of(PHI4, "<|tool_call|>[" + CALL + "," + time + "]<|/tool_call|>", two),
                // Text around a call.
                Arguments.of(
                        HERMES,
                        "I look.\n\n<tool_call>" + CALL + "</tool_call>\nDone.",
                        List.of("text I look.", F.get(0), F.get(1), "text \nDone.")),
                Arguments.of(HERMES, "a < b, <tool> and <tool_", List.of("text a < b, <tool> and <tool_")),
                Arguments.of(HERMES, "It is noon. \n", List.of("text It is noon. \n")),
                Arguments.of(LLAMA3, " Noon: {\"name\": \"f\"}", List.of("text  Noon: {\"name\": \"f\"}")),
                // Arguments in other places.
                Arguments.of(
                        HERMES,
                        "<tool_call>{\"arguments\": " + ARGUMENTS + ", \"name\": \"f\"}</tool_call>",
                        F("{\"a\":\"mkdir -p a/{b,c\"}")),
                Arguments.of(HERMES, "<tool_call>{\"name\": \"f\"}</tool_call>", F("{}")),
                Arguments.of(
                        HERMES,
                        "<tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>",
                        F("{\"a\": 1}")),
                Arguments.of(
                        HERMES,
                        "<tool_call>{\"type\": \"function\", \"function\": " + CALL + "}</tool_call>",
                        F("{\"a\":\"mkdir -p a/{b,c\"}")),
                // Of a tool that there is not: the caller's to deal with.
                Arguments.of(
                        HERMES,
                        "<tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>",
                        List.of("partial 0 g {}", "call 0 g {}")),
                Arguments.of(
                        LLAMA3,
                        "{\"type\": \"function\", \"name\": \"g\", \"parameters\": " + ARGUMENTS + "}",
                        List.of("partial 0 g " + ARGUMENTS, "call 0 g " + ARGUMENTS)),
                Arguments.of(
                        MISTRAL,
                        "[TOOL_CALLS]g[ARGS]" + ARGUMENTS,
                        List.of("partial 0 g " + ARGUMENTS, "call 0 g " + ARGUMENTS)),
                // What was told as a call's arguments is not text as well, whatever follows.
                Arguments.of(HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": {a: 1}}</tool_call>", F("{a: 1}")),
                Arguments.of(HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": {}", List.of("partial 0 f {}")),
                Arguments.of(HERMES, "Wait. <tool_call>" + CALL.substring(0, 40), CUT),
                Arguments.of(MISTRAL, "Wait. [TOOL_CALLS]f[ARGS]" + ARGUMENTS.substring(0, 12), CUT),
                // No calls: text as a whole.
                Arguments.of(HERMES, "<tool_call>{\"name\": \"g\"}</tool_call>", null),
                Arguments.of(HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": {", null),
                Arguments.of(HERMES, "Use <tool_call> for calls", null),
                Arguments.of(HERMES, "<tool_call>{name: f}</tool_call>", null),
                Arguments.of(HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": []}</tool_call>", null),
                Arguments.of(LLAMA3, "{\"answer\": {\"name\": \"f\"}}", null),
                Arguments.of(MISTRAL, "[TOOL_CALLS] none", null),
                Arguments.of(MISTRAL, "[TOOL_CALLS]f[ARGS]nothing {}", null),
                Arguments.of(PHI4, "functools[0] is no call", null),
                Arguments.of(PHI4, "functools.lru_cache caches", null));
    }

    private static List<String> F(String arguments) {
        return List.of("partial 0 f " + arguments, "call 0 f " + arguments);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("answers")
    void readsCalls(ToolFormat format, String answer, List<String> expected) {
        for (int size : new int[] {1, 3, answer.length()}) {
            assertThat(parse(Start.TEXT, format, answer, size).events)
                    .as("pieces of %d", size)
                    .isEqualTo(expected == null ? List.of("text " + answer) : expected);
        }
    }

    @Test
    void jsonThatIsAskedForIsNoCallOfAToolThatThereIsNot() {
        String answer = "{\"name\": \"g\", \"parameters\": {\"a\": 1}}";
        for (int size : new int[] {1, answer.length()}) {
            assertThat(parse(Start.TEXT, LLAMA3, answer, size, false).events).containsExactly("text " + answer);
        }
    }

    @Test
    void aCallIsCutBeforeOrBehindTheFirstOfItsArguments() {
        String opener = "<tool_call>";
        for (int end = opener.length(); end < CALL.length() + opener.length(); end++) {
            String answer = (opener + CALL).substring(0, end);
            Recorder pieces = parse(Start.TEXT, HERMES, answer, 1);
            Recorder whole = parse(Start.TEXT, HERMES, answer, answer.length());

            int begin = opener.length() + CALL.indexOf(ARGUMENTS);
            boolean told = end > begin + 1;
            assertThat(pieces.events)
                    .as(answer)
                    .isEqualTo(whole.events)
                    .singleElement()
                    .satisfies(event -> {
                        if (told) {
                            assertThat(event)
                                    .isEqualTo("partial 0 f "
                                            + answer.substring(begin).strip());
                        } else {
                            assertThat(event).isEqualTo("text " + answer);
                        }
                    });
        }
    }

    @Test
    void aSecondCallThatBreaksOffLeavesTheFirst() {
        String second = "<tool_call>{\"name\": \"f\"";

        assertThat(parse(Start.TEXT, HERMES, "<tool_call>" + CALL + "</tool_call>\n" + second, 1).events)
                .containsExactly(F.get(0), F.get(1), "text \n" + second);
        assertThat(parse(Start.TEXT, MISTRAL, "[TOOL_CALLS] [" + CALL + ", {\"name\"", 1).events)
                .containsExactly(F.get(0), F.get(1), "text , {\"name\"");
    }

    @Test
    void givesArgumentsAsTheyComeNeverBlank() {
        Recorder recorder = parse(Start.TEXT, HERMES, "<tool_call>\n" + CALL + "\n</tool_call>", 1);
        Recorder empty = parse(Start.TEXT, HERMES, "<tool_call>{\"name\": \"f\", \"arguments\": { }}</tool_call>", 1);

        assertThat(recorder.partials).hasSizeGreaterThan(10).noneMatch(String::isBlank);
        assertThat(String.join("", recorder.partials)).isEqualTo(ARGUMENTS);
        assertThat(empty.partials).containsExactly("{ }");
    }

    @Test
    void givesEveryCallAnIdOfItsOwn() {
        Recorder recorder =
                parse(Start.TEXT, HERMES, ("<tool_call>" + CALL + "</tool_call>").repeat(3), Integer.MAX_VALUE);

        assertThat(recorder.ids).hasSize(3).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9A-Za-z]{9}"));
    }

    @Test
    void goesOnWithACallThatThePromptOpened() {
        assertThat(parse(Start.CALL, HERMES, CALL, 1).events).isEqualTo(F);
        assertThat(parse(Start.CALL, MISTRAL, "[" + CALL + "]", 1).events).isEqualTo(F);
        assertThat(parse(Start.CALL, HERMES, CALL.substring(0, 20), 1).events)
                .containsExactly("text " + CALL.substring(0, 20));
    }

    static Stream<Arguments> thoughts() {
        return Stream.of(
                Arguments.of(
                        Start.MAY_THINK,
                        "<think>\nhm, a<b\n</think>\n\nYes.",
                        List.of("thinking hm, a<b", "text Yes.")),
                Arguments.of(Start.MAY_THINK, "\n<think>\n\n</think>\n\nYes.", List.of("text Yes.")),
                Arguments.of(Start.THINKING, "\nhm\n\nso\n</think>\nYes.", List.of("thinking hm\n\nso", "text Yes.")),
                Arguments.of(Start.THINKING, "hm, so on and </thi", List.of("thinking hm, so on and </thi")),
                Arguments.of(Start.MAY_THINK, " <thin air>", List.of("text  <thin air>")),
                Arguments.of(Start.MAY_THINK, "<th", List.of("text <th")),
                Arguments.of(Start.MAY_THINK, "No <think>x</think>", List.of("text No <think>x</think>")),
                Arguments.of(Start.TEXT, "<think>x</think>", List.of("text <think>x</think>")),
                Arguments.of(
                        Start.MAY_THINK,
                        "<think>call f</think>\n\n<tool_call>" + CALL + "</tool_call>",
                        List.of("thinking call f", F.get(0), F.get(1))),
                Arguments.of(
                        Start.THINKING,
                        "no <tool_call>" + CALL + "</tool_call> here",
                        List.of("thinking no <tool_call>" + CALL + "</tool_call> here")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("thoughts")
    void partsThoughtsFromTheAnswer(Start start, String answer, List<String> expected) {
        for (int size : new int[] {1, 2, 5, answer.length()}) {
            assertThat(parse(start, HERMES, answer, size).events)
                    .as("pieces of %d", size)
                    .isEqualTo(expected);
        }
    }

    @Test
    void withoutToolsEverythingIsText() {
        Recorder recorder = new Recorder();
        AnswerParser parser = new AnswerParser(recorder);
        parser.append("<tool_call>" + CALL);
        parser.append("</tool_call> ");
        parser.finish();

        assertThat(recorder.events).containsExactly("text <tool_call>" + CALL + "</tool_call> ");
    }

    private static Recorder parse(Start start, ToolFormat format, String answer, int size) {
        return parse(start, format, answer, size, true);
    }

    private static Recorder parse(Start start, ToolFormat format, String answer, int size, boolean others) {
        Recorder recorder = new Recorder();
        AnswerParser parser = new AnswerParser(start, format, TOOLS, others, recorder);
        for (int from = 0; from < answer.length(); from += Math.min(size, answer.length() - from)) {
            parser.append(answer.substring(from, from + Math.min(size, answer.length() - from)));
        }
        parser.finish();
        return recorder;
    }
}
