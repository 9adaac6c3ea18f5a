package dev.locret.chat;

import static dev.locret.chat.Prompts.TOKENIZER;
import static dev.locret.chat.Prompts.mapper;
import static dev.locret.chat.Prompts.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A context and the rest of a prompt are together the prompt that has both. */
class ContextPromptTest {
    private static final SystemMessage SYSTEM = SystemMessage.from("Be brief.");
    private static final UserMessage DOCUMENT = UserMessage.from("The dog is Rex.");
    private static final ToolSpecification NOW =
            ToolSpecification.builder().name("now").build();

    private static PromptOptions with(List<ToolSpecification> tools) {
        return new PromptOptions(tools, false, false, null, true);
    }

    private static int[] joined(int[] first, int[] then) {
        int[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    private static void assertWhole(MessageMapper mapper, List<ChatMessage> before, List<ToolSpecification> tools) {
        int[] context = mapper.toContext(with(before, DOCUMENT), tools);
        List<ChatMessage> more = List.of(AiMessage.from("He is."), UserMessage.from("Sure?"));
        List<ChatMessage> asked = with(before, UserMessage.from("Who is it?"));
        List<ChatMessage> whole = with(before, UserMessage.from("The dog is Rex.\n\nWho is it?"));
        for (List<ChatMessage> next : List.of(List.<ChatMessage>of(), more)) {
            Prompt rest = mapper.toRest(joined(asked, next), with(tools));
            assertThat(joined(context, rest.tokens()))
                    .containsExactly(
                            mapper.toPrompt(joined(whole, next), with(tools)).tokens());
            boolean plain = before.isEmpty() && tools.isEmpty();
            assertThat(rest.contextHead().length == 0).isEqualTo(plain);
            assertThat(Arrays.copyOf(context, rest.contextHead().length)).containsExactly(rest.contextHead());
            assertThat(rest.questionEnd()).isZero();
        }
    }

    private static List<ChatMessage> with(List<ChatMessage> before, ChatMessage last) {
        return joined(before, List.of(last));
    }

    private static List<ChatMessage> joined(List<ChatMessage> first, List<ChatMessage> then) {
        List<ChatMessage> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "phi3", "qwen25", "qwen3", "smollm2"})
    void systemMessagesAndToolsStandInFrontOfTheText(String name) {
        MessageMapper mapper = mapper(template(name));
        assertWhole(mapper, List.of(), List.of());
        assertWhole(mapper, List.of(SYSTEM), List.of());
        assertWhole(mapper, List.of(), List.of(NOW));
        assertWhole(mapper, List.of(SYSTEM), List.of(NOW));
    }

    @Test
    void aTokenizerThatAddsBosAddsOne() {
        Tokenizer adding = Prompts.tokenizer(Map.of("tokenizer.ggml.add_bos_token", true));
        assertWhole(mapper(adding, "{% for m in messages %}({{ m.content }}){% endfor %}"), List.of(), List.of());
    }

    @Test
    void aSystemMessageThatIsMergedIntoTheTextStandsInFrontOfItToo() {
        String refuses =
                "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
                        + "[{{ m.content }}]{% endfor %}";
        MessageMapper merging =
                new MessageMapper(TOKENIZER, Optional.of(ChatTemplate.of(refuses, "test")), "demo", null, true);
        assertWhole(merging, List.of(SYSTEM), List.of());
    }

    @Test
    void anotherSystemMessageOrOtherToolsAskForAnotherHead() {
        MessageMapper mapper = mapper(template("smollm2"));
        int[] context = mapper.toContext(List.of(SYSTEM, DOCUMENT), List.of());
        List<ChatMessage> asked = List.of(SystemMessage.from("Be long."), UserMessage.from("Who?"));
        int[] other = mapper.toRest(asked, with(List.of())).contextHead();
        assertThat(Arrays.copyOf(context, other.length)).isNotEqualTo(other);
        int[] tools = mapper.toRest(List.of(SYSTEM, UserMessage.from("Who?")), with(List.of(NOW)))
                .contextHead();
        assertThat(Arrays.copyOf(context, tools.length)).isNotEqualTo(tools);
    }

    @Test
    void whatHasNoTextOfTheUsersIsRefused() {
        MessageMapper mapper = mapper(template("smollm2"));
        assertThatThrownBy(() -> mapper.toRest(List.of(SYSTEM), with(List.of())))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("messages without one of the user's, with parameter 'context', is not supported by Locret");
        assertThatThrownBy(() -> mapper.toContext(List.of(DOCUMENT, AiMessage.from("Yes.")), List.of()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("a context whose last message is not the user's is not supported by Locret");
    }
}
