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
        TokenConstraint constraint = start(new Trigger("<call>", yes, false, false));

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
        TokenConstraint constraint = start(new Trigger("<call>", yes, false, false));

        say(constraint, "<call>\n{\"yes\"}");
        assertThat(constraint.allowed()).isNull();
        assertThat(constraint.finished()).isFalse();
        say(constraint, " and again: <call>");
        assertThat(allows(constraint, " no")).isFalse();
    }

    @Test
    void endsTheAnswerIfTheTriggerDoes() {
        TokenConstraint constraint = start(new Trigger("</think>", yes, false, true));

        say(constraint, "hm</think>{\"yes\"");
        assertThat(constraint.finished()).isFalse();
        say(constraint, "}");
        assertThat(constraint.finished()).isTrue();
    }

    @Test
    void takesTheNameOfAControlToken() {
        TokenConstraint constraint = start(new Trigger("<|im_start|>", yes, false, false));

        constraint.accept(tokenizer.encode("<|im_start|>", true)[0]);

        assertThat(allows(constraint, " no")).isFalse();
    }

    @Test
    void goesOnWithinTheTokenThatEndsTheTrigger() {
        // No token but "><" brings the border along and fits; ">=" and the like are out.
        Grammar tag = Grammar.literal("<b>");
        TokenConstraint constraint = start(new Trigger("<call>", tag, false, false));
        String both = "><";
        assertThat(tokenizer.encode(both, false)).hasSize(1);
        assertThat(tokenizer.encode(">=", false)).hasSize(1);

        say(constraint, "a >= b, <call");
        assertThat(allows(constraint, both)).isTrue();
        assertThat(allows(constraint, ">")).isTrue();
        assertThat(allows(constraint, "s")).isTrue();
        assertThat(allows(constraint, ">=")).isFalse();
        assertThatThrownBy(() -> constraint.accept(tokenizer.encode(">=", false)[0]))
                .isInstanceOf(LocretException.class)
                .hasMessage(
                        "grammar: token is not allowed here: token=" + tokenizer.encode(">=", false)[0]);
        TokenConstraint again = start(new Trigger("<call>", tag, false, false));
        say(again, "<call");
        again.accept(tokenizer.encode(both, false)[0]);

        assertThat(allows(again, "b")).isTrue();
        assertThat(allows(again, "c")).isFalse();
    }

    @Test
    void aTriggerForTheBeginningIsTextElsewhere() {
        Trigger trigger = new Trigger("{\"n\": \"", Grammar.literal("yes\"}"), true, true);
        TokenConstraint inside = start(trigger);
        say(inside, "So: {\"n\": \"");
        assertThat(inside.allowed()).isNull();

        TokenConstraint first = start(trigger);
        say(first, "\n {\"n\": \"");
        assertThat(allows(first, "yes")).isTrue();
        assertThat(allows(first, "no")).isFalse();
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
