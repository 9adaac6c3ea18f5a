package dev.locret.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopConditionTest {
    @Test
    void aStopTextAcrossPiecesNeverLeaks() {
        StopCondition stop = new StopCondition(List.of("DEFGHIJ"));
        assertThat(stop.append("ABCDE")).isEqualTo("ABC");
        assertThat(stop.append("FGH")).isEmpty();
        assertThat(stop.append("IJKL")).isEmpty();
        assertThat(stop.stopped()).isTrue();
        assertThat(stop.append("more")).isEmpty();
        assertThat(stop.finish()).isEmpty();
    }

    @Test
    void heldTextIsGivenOutOnceItIsNoBeginning() {
        StopCondition stop = new StopCondition(List.of("DEFGHIJ"));
        assertThat(stop.append("DEFG")).isEmpty();
        assertThat(stop.append("X")).isEqualTo("DEFGX");
        assertThat(stop.append("DDE")).isEqualTo("D");
        assertThat(stop.finish()).isEqualTo("DE");
        assertThat(stop.stopped()).isFalse();
    }

    @Test
    void ofSeveralTheOneThatEndsFirstCounts() {
        assertThat(feed(List.of("bcd", "c"), "abcd")).isEqualTo("ab|");
        assertThat(feed(List.of("bc", "c"), "abcd")).isEqualTo("a|");
        assertThat(feed(List.of("zz"), "abcd")).isEqualTo("abcd");
    }

    @Test
    void theResultDoesNotDependOnHowTheTextIsCut() {
        Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            String text = letters(random, 12);
            List<String> stops = List.of(letters(random, 3) + "a", letters(random, 2) + "b");
            String whole = feed(stops, text);
            int cut = random.nextInt(text.length() + 1);
            assertThat(feed(stops, text.substring(0, cut), text.substring(cut)))
                    .as("%s cut at %s, stops %s", text, cut, stops)
                    .isEqualTo(whole);
            assertThat(feed(stops, text.split(""))).isEqualTo(whole);
        }
    }

    private static String letters(Random random, int max) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            out.append((char) ('a' + random.nextInt(3)));
        }
        return out.toString();
    }

    /** All that is given out, and a bar if it stopped. */
    private static String feed(List<String> stops, String... pieces) {
        StopCondition stop = new StopCondition(stops);
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(stop.append(piece));
        }
        return out.append(stop.finish()).append(stop.stopped() ? "|" : "").toString();
    }
}
