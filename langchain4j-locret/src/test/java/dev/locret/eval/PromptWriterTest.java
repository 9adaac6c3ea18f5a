package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.engine.ModelText;
import dev.locret.format.ModelFiles;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prompts of the demo model, read back as text. */
class PromptWriterTest {
    private static final Item ITEM = new Item(
            "The cat sat on the mat.\n\nThe dog did not.",
            List.of(query("Who sat?", Scorer.CONTAINS, "the cat", "a cat"), query("Where?", Scorer.EXACT, "mat")),
            null);

    private static ModelText text;

    @BeforeAll
    static void open() {
        try (ModelFiles files = ModelFiles.open(DemoModel.path())) {
            text = ModelText.load(files);
        }
    }

    private static Query query(String question, Scorer scorer, String... expected) {
        return new Query("x", question, List.of(expected), scorer, -1, 9, null);
    }

    private static String decoded(int... ids) {
        Tokenizer tokenizer = text.tokenizer();
        return tokenizer.decode(ids, false);
    }

    private static String local(Prompts.Part part) {
        return decoded(Arrays.copyOfRange(part.tokens(), part.tokens().length - part.local(), part.tokens().length));
    }

    @Test
    void theDocumentIsReadOnceForIndependentQuestions() {
        Prompts prompts = new PromptWriter(text.tokenizer(), text.template(), false, false).of(ITEM);
        assertThat(decoded(prompts.document())).endsWith("<|im_start|>user\n" + ITEM.document() + "\n\n");
        assertThat(prompts.parts()).hasSize(2).allSatisfy(part -> {
            assertThat(part.local()).isEqualTo(part.tokens().length);
            assertThat(part.questionEnd()).isZero();
        });
        assertThat(decoded(prompts.parts().get(1).tokens())).isEqualTo("Where?<|im_end|>\n<|im_start|>assistant\n");
        SplitPrompt split = SplitPrompt.of(text.tokenizer(), text.template(), ITEM.document(), "Where?");
        assertThat(prompts.document()).isEqualTo(split.document());
        assertThat(prompts.parts().get(1).tokens()).isEqualTo(split.question());
    }

    @Test
    void turnsFollowTheRightAnswersOfThoseBefore() {
        Prompts prompts = new PromptWriter(text.tokenizer(), text.template(), false, false).of(ITEM.asTurns());
        Prompts.Part second = prompts.parts().get(1);
        assertThat(decoded(second.tokens()))
                .isEqualTo("Who sat?<|im_end|>\n<|im_start|>assistant\nthe cat<|im_end|>\n"
                        + "<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(local(second)).isEqualTo("Where?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(prompts.longest(ITEM.queries())).isEqualTo(prompts.document().length + second.tokens().length + 9);
    }

    @Test
    void aQuestionInFrontEndsWhereTheDocumentBegins() {
        Prompts prompts = new PromptWriter(text.tokenizer(), text.template(), true, false).of(ITEM);
        assertThat(prompts.document()).isEmpty();
        Prompts.Part second = prompts.parts().get(1);
        assertThat(decoded(second.tokens()))
                .endsWith("<|im_start|>user\nWhere?\n\n" + ITEM.document()
                        + "\n\nWhere?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(decoded(Arrays.copyOf(second.tokens(), second.questionEnd())))
                .endsWith("<|im_start|>user\nWhere?\n\n");
        assertThat(local(second)).isEqualTo("Where?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(prompts.readTokens())
                .isEqualTo(prompts.parts().stream()
                        .mapToInt(part -> part.tokens().length - part.local())
                        .sum());
    }

    @Test
    void anAnswerMayBeOpened() {
        Item item = new Item(
                ITEM.document(),
                ITEM.queries().stream().map(q -> q.opened("It is")).toList(),
                null);
        PromptWriter opening = new PromptWriter(text.tokenizer(), text.template(), false, true);
        Prompts prompts = opening.of(item.asTurns());
        Prompts.Part second = prompts.parts().get(1);
        assertThat(decoded(second.tokens()))
                .startsWith("Who sat?<|im_end|>\n<|im_start|>assistant\nIt is the cat<|im_end|>\n")
                .endsWith("Where?<|im_end|>\n<|im_start|>assistant\nIt is");
        assertThat(local(second)).isEqualTo("Where?<|im_end|>\n<|im_start|>assistant\nIt is");
        assertThat(opening.localTokens(item))
                .isEqualTo(new PromptWriter(text.tokenizer(), text.template(), false, false).localTokens(item) + 2);
        assertThat(opening.of(ITEM).parts().get(1).tokens())
                .isEqualTo(new PromptWriter(text.tokenizer(), text.template(), false, false)
                        .of(item)
                        .parts()
                        .get(1)
                        .tokens());
    }

    @Test
    void aModelWithoutTemplateGoesOnWithThePlainText() {
        Prompts prompts = new PromptWriter(text.tokenizer(), Optional.empty(), true, false).of(ITEM.asTurns());
        assertThat(decoded(prompts.parts().get(1).tokens()))
                .isEqualTo("Where?\n\n" + ITEM.document() + "\n\nWho sat?\n\nthe cat\n\nWhere?\n\n");
    }
}
