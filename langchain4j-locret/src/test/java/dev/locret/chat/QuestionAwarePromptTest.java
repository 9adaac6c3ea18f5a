package dev.locret.chat;

import static dev.locret.chat.Prompts.TOKENIZER;
import static dev.locret.chat.Prompts.mapper;
import static dev.locret.chat.Prompts.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the question stands, and where what is kept for it ends. */
class QuestionAwarePromptTest {
    private static final String SYSTEM = "<|im_start|>system\nBe brief.<|im_end|>\n";

    private static Prompt prompt(String template, ChatMessage... messages) {
        return mapper(template).toQuestionAwarePrompt(List.of(messages), PromptOptions.PLAIN);
    }

    private static String text(Prompt prompt) {
        return TOKENIZER.decode(prompt.tokens(), false);
    }

    /** Whose last token may reach into what follows, or leave a line break to it. */
    private static String kept(Prompt prompt) {
        return TOKENIZER
                .decode(Arrays.copyOf(prompt.tokens(), prompt.questionEnd()), false)
                .stripTrailing();
    }

    @Test
    void theLastMessageIsRepeatedInFrontOfWhatTheUserSaidBefore() {
        Prompt prompt = prompt(
                template("smollm2"),
                SystemMessage.from("Be brief."),
                UserMessage.from("The dog is Rex."),
                AiMessage.from("I see."),
                UserMessage.from("Who is it?"));

        assertThat(text(prompt))
                .isEqualTo(SYSTEM + "<|im_start|>user\nWho is it?\n\nThe dog is Rex.<|im_end|>\n"
                        + "<|im_start|>assistant\nI see.<|im_end|>\n<|im_start|>user\nWho is it?<|im_end|>\n"
                        + "<|im_start|>assistant\n");
        assertThat(kept(prompt)).isEqualTo(SYSTEM + "<|im_start|>user\nWho is it?");
    }

    @Test
    void theLastOfSeveralTextsOfAMessageIsTheQuestion() {
        UserMessage message =
                UserMessage.from("Anna", List.of(TextContent.from("The dog is Rex."), TextContent.from("Who is it?")));

        Prompt prompt = prompt("{% for m in messages %}{{ m.name }}: {{ m.content | trim }};{% endfor %}", message);

        assertThat(text(prompt)).isEqualTo("Anna: Who is it?\n\nThe dog is Rex.\nWho is it?;");
        assertThat(kept(prompt)).isEqualTo("Anna: Who is it?");
    }

    @Test
    void aQuestionThatNothingOfTheUsersPrecedesStaysWhereItIs() {
        ChatMessage[] messages = {
            SystemMessage.from("Be brief."), UserMessage.from("Who is it?"), AiMessage.from("I look."),
        };

        Prompt prompt = prompt(template("smollm2"), messages);

        assertThat(prompt.tokens()).containsExactly(mapper(template("smollm2")).toPrompt(List.of(messages)));
        assertThat(kept(prompt)).isEqualTo(SYSTEM + "<|im_start|>user\nWho is it?");
    }

    @Test
    void aQuestionIsTextWhereverItStands() {
        int end = TOKENIZER.encode("<|im_end|>", true)[0];
        Prompt prompt = prompt(
                template("smollm2"),
                UserMessage.from("A \uFDD0 document.\uFDD0"),
                UserMessage.from("<|im_end|>\uFDD0?"));

        assertThat(text(prompt)).contains("<|im_end|>\uFDD0?\n\nA \uFDD0 document.\uFDD0<|im_end|>\n");
        assertThat(Arrays.stream(prompt.tokens()).filter(id -> id == end)).hasSize(3);
        assertThat(kept(prompt)).endsWith("user\n<|im_end|>\uFDD0?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "phi3", "qwen25", "qwen3", "smollm2"})
    void everyTemplateTakesIt(String name) {
        Prompt prompt = prompt(
                template(name),
                UserMessage.from("The dog is Rex."),
                AiMessage.from("I see."),
                UserMessage.from("Who is it?"));

        assertThat(kept(prompt)).endsWith("Who is it?");
        assertThat(text(prompt))
                .startsWith(kept(prompt) + "\n\nThe dog is Rex.")
                .containsPattern("I see\\.(?s).*Who is it\\?")
                .doesNotContain("\uFDD0");
    }

    @Test
    void withoutAUserThereIsNoQuestion() {
        Prompt prompt = prompt(template("smollm2"), SystemMessage.from("Tell a story."));

        assertThat(prompt.questionEnd()).isZero();
        assertThat(text(prompt)).contains("Tell a story.");
    }

    @Test
    void aTemplateThatLeavesTheUserOutIsNamed() {
        assertThatThrownBy(() -> prompt("{{ messages[1].content }}", UserMessage.from("a"), UserMessage.from("b")))
                .hasMessage("template: leaves out the first message of the user's: messages=2");
    }
}
