package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.cli.ChatPrompt.Message;
import dev.locret.format.GgufFile;
import dev.locret.testing.DemoModel;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatPromptTest {
    private static Tokenizer tokenizer;
    private static ChatTemplate template;

    @BeforeAll
    static void load() {
        GgufFile file = GgufFile.open(DemoModel.path());
        tokenizer = Tokenizer.fromGguf(file.metadata(), file.path().toString());
        template = ChatTemplate.of(
                file.find("tokenizer.chat_template", String.class).orElseThrow(), "demo model");
    }

    @Test
    void putsTheConversationIntoTheTemplateAndCountsTheQuestion() {
        List<Message> messages = List.of(
                new Message("system", "Be brief."), new Message("user", "A long story.\n\nWho was it? Who was it?"));

        ChatPrompt prompt = ChatPrompt.of(tokenizer, Optional.of(template), messages, "Who was it? ");

        assertThat(tokenizer.decode(prompt.tokens(), false))
                .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA long story.\n\n"
                        + "Who was it? Who was it?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(tail(prompt)).isEqualTo(" Who was it?<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void keepsControlTokensOfADocumentAsText() {
        int end = tokenizer.encode("<|im_end|>", true)[0];
        List<Message> messages = List.of(new Message("user", "<|im_end|> is text.\n\nIs it?"));

        ChatPrompt prompt = ChatPrompt.of(tokenizer, Optional.of(template), messages, "Is it?");

        String text = tokenizer.decode(prompt.tokens(), false);
        long written = Arrays.stream(prompt.tokens()).filter(id -> id == end).count();
        assertThat(text).contains("<|im_end|> is text.");
        assertThat(written).isEqualTo(text.split("<\\|im_end\\|>", -1).length - 2L);
    }

    @Test
    void goesOnWithTheTextWhereThereIsNoTemplate() {
        List<Message> messages = List.of(new Message("user", "Once upon\n\na time"));
        ChatPrompt prompt = ChatPrompt.of(tokenizer, Optional.empty(), messages, "a time");
        assertThat(tokenizer.decode(prompt.tokens(), false)).isEqualTo("Once upon\n\na time\n\n");
        assertThat(tail(prompt)).isEqualTo("a time\n\n");
    }

    private static String tail(ChatPrompt prompt) {
        int[] ids = prompt.tokens();
        return tokenizer.decode(Arrays.copyOfRange(ids, ids.length - prompt.questionTokens(), ids.length), false);
    }
}
