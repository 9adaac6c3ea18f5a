package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.LocretException;
import dev.locret.generate.TokenConstraint;
import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import dev.locret.text.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriggeredGrammarTest {
    private final Tokenizer tokenizer = Vocabularies.smolTokenizer();
    private final Grammar yes =
            Grammar.sequence(Grammar.repeat(Grammar.literal("\n"), "", 0, 1), Grammar.literal("{\"yes\"}"));

    @Test
    void leavesTextFreeUntilATrigger() {
        TokenConstraint constraint = start(new Trigger("<call>", yes, false));

        assertThat(constraint.allowed()).isNull();
        say(constraint, "Any < text, call> or <cal");
        assertThat(constraint.allowed()).isNull();
        assertThat(constraint.complete()).isTrue();
        say(constraint, "l>");

        assertThat(allows(constraint, "{\"")).isTrue();
        assertThat(allows(constraint, "\n")).isTrue();
        assertThat(allows(constraint, " no")).isFalse();
        assertThat(constraint.complete()).isFalse();
        assertThatThrownBy(() -> say(constraint, " no")).isInstanceOf(LocretException.class);
    }

    @Test
    void isFreeAgainBehindASentence() {
        TokenConstraint constraint = start(new Trigger("<call>", yes, false));

        say(constraint, "<call>\n{\"yes\"}");
        assertThat(constraint.allowed()).isNull();
        assertThat(constraint.finished()).isFalse();
        say(constraint, " and again: <call>");
        assertThat(allows(constraint, " no")).isFalse();
    }

    @Test
    void endsTheAnswerIfTheTriggerDoes() {
        TokenConstraint constraint = start(new Trigger("</think>", yes, true));

        say(constraint, "hm</think>{\"yes\"");
        assertThat(constraint.finished()).isFalse();
        say(constraint, "}");
        assertThat(constraint.finished()).isTrue();
    }

    @Test
    void takesTheNameOfAControlToken() {
        TokenConstraint constraint = start(new Trigger("<|im_start|>", yes, false));

        constraint.accept(tokenizer.encode("<|im_start|>", true)[0]);

        assertThat(allows(constraint, " no")).isFalse();
    }

    private TokenConstraint start(Trigger trigger) {
        return new TriggeredGrammar(tokenizer, List.of(trigger)).start(Vocabularies.smol());
    }

    private void say(TokenConstraint constraint, String text) {
        for (int token : tokenizer.encode(text, false)) {
            constraint.accept(token);
        }
    }

    private boolean allows(TokenConstraint constraint, String text) {
        int token = tokenizer.encode(text, false)[0];
        long[] allowed = constraint.allowed();
        return allowed == null || token >> 6 < allowed.length && (allowed[token >> 6] >>> token & 1) != 0;
    }
}
