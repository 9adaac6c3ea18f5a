package dev.locret.chat;

import static dev.locret.chat.Prompts.TOKENIZER;
import static dev.locret.chat.Prompts.mapper;
import static dev.locret.chat.Prompts.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.locret.text.ChatTemplate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptCounterTest {
    private static final String ALTERNATING = "{% for m in messages %}"
            + "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('alternate') }}{% endif %}"
            + "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    @Test
    void countsTextByItself() {
        String text = "A cat sat on the mat. <|im_end|>";

        assertThat(counter(template("smollm2")).count(text)).isEqualTo(TOKENIZER.encode(text, false).length);
        assertThat(counter(template("smollm2")).count("")).isZero();
    }

    @Test
    void countsThePromptExactly() {
        List<ChatMessage> history = List.of(
                SystemMessage.from("Be brief."),
                UserMessage.from("Why?"),
                AiMessage.from("So."),
                UserMessage.from("?"));

        assertThat(counter(template("smollm2")).count(history))
                .isEqualTo(mapper(template("smollm2")).toPrompt(history).length);
    }

    @Test
    void countsWhatAMessageAdds() {
        List<ChatMessage> shorter = List.of(UserMessage.from("Why is the sky blue?"));
        List<ChatMessage> longer = List.of(shorter.get(0), AiMessage.from("Because air scatters light."));
        PromptCounter counter = counter(template("smollm2"));

        // Names of roles take a token more or less.
        int added = counter.count(longer) - counter.count(shorter);
        assertThat(counter.count(longer.get(1))).isBetween(added - 1, added + 1);
    }

    @Test
    void estimatesAHistoryThatTheTemplateRefuses() {
        AiMessage answer = AiMessage.from("So.");
        UserMessage question = UserMessage.from("Why?");
        PromptCounter counter = counter(ALTERNATING);

        // The same messages in an order that the template accepts cost the same, but for a token each.
        int accepted = counter.count(List.of(question, answer));
        assertThat(counter.count(List.of(answer, question))).isBetween(accepted - 2, accepted + 2);
    }

    @Test
    void doesNotCountWhatCannotBeSent() {
        assertThatThrownBy(() -> counter(template("smollm2"))
                        .count(UserMessage.from(ImageContent.from("http://localhost/a.png"))))
                .isInstanceOf(UnsupportedFeatureException.class);
    }

    private static PromptCounter counter(String template) {
        return new PromptCounter(TOKENIZER, Optional.of(ChatTemplate.of(template, "test")), "demo");
    }
}
