package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import dev.locret.testing.EmulatedCuda;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** SmolLM2 with its retaining heads on the emulated card and on the CPU: what stays of a text, and the answer. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaRealModelTest {
    private static final String PRECISION = "locret.cuda.precision";
    /** Tokens of the text, about; 640, 1024 and 4096 by hand, which take minutes. */
    private static final int TOKENS = Integer.getInteger("locret.test.cuda-tokens", 300);

    private static final String TEXT =
            "The harbour of Ostmark has three piers. Ships from the north bring timber and wool, "
                    + "those from the south bring oil, wine and oranges. The pilot who leads them in is called Marta Lind. "
                    + "In winter the northern pier is closed, because ice drifts along the coast. The secret number of the "
                    + "lighthouse is 4711, and nobody but its keeper knows why. Every spring the children of the town paint "
                    + "a new sign for the market, where fish is sold from wooden boats until noon.";

    @AfterEach
    void clear() {
        System.clearProperty(PRECISION);
    }

    private static LocretEngine load(String device) {
        return LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .headsPath(DemoEngine.heads())
                .device(device)
                .threads(1)
                .cacheBudget(Math.max(80, TOKENS / 4))
                .chunkSize(Math.max(48, TOKENS / 8))
                .stabilizers(16)
                .localTokens(24)
                .reserve(32)
                .build());
    }

    /** A sentence takes about 22 tokens. */
    private static String longText() {
        StringBuilder text = new StringBuilder(TEXT);
        for (int ship = 1; 22 * ship + 130 < TOKENS; ship++) {
            text.append(" Ship number ")
                    .append(ship * 37 % 1000)
                    .append(" came with ")
                    .append(ship * 53 % 700)
                    .append(" barrels and left in the ")
                    .append(ship * 7 % 52 + 1)
                    .append(". week.");
        }
        return text.toString();
    }

    private static TraceResult trace(String device) {
        try (LocretEngine engine = load(device)) {
            String question = longText() + "\nWho leads the ships into the harbour?";
            int[] prompt = engine.tokenizer()
                    .encodePrompt(engine.chatTemplate()
                            .orElseThrow()
                            .render(Map.of(
                                    "messages",
                                    List.of(Map.of("role", "user", "content", question)),
                                    "add_generation_prompt",
                                    true)));
            return engine.trace(prompt, 8, false);
        }
    }

    @Test
    void keepsTheSameEntriesAndSaysTheSameAsTheCpu() {
        EmulatedCuda.install();
        TraceResult expected = trace("cpu");
        System.setProperty(PRECISION, "full");
        TraceResult full = trace("cuda");
        assertThat(full.generated()).isEqualTo(expected.generated());
        // Scores that differ in their last bits can change places at the edge of the budget.
        assertThat(differing(full, expected)).isLessThan(0.002);
        System.clearProperty(PRECISION);
        TraceResult mixed = trace("cuda");
        assertThat(mixed.generated()).isEqualTo(expected.generated());
        // Scores of three digits.
        assertThat(differing(mixed, expected)).isLessThan(0.02);
    }

    /** Share of kept entries that the other one did not keep, over all chunks, layers and heads. */
    static double differing(TraceResult a, TraceResult b) {
        assertThat(a.chunks()).hasSameSizeAs(b.chunks()).hasSizeGreaterThan(1);
        double all = 0;
        double different = 0;
        for (int chunk = 0; chunk < a.chunks().size(); chunk++) {
            int[][][] one = a.chunks().get(chunk).kept();
            int[][][] other = b.chunks().get(chunk).kept();
            for (int layer = 0; layer < one.length; layer++) {
                for (int head = 0; head < one[layer].length; head++) {
                    int[] kept = other[layer][head];
                    all += kept.length;
                    different += Arrays.stream(one[layer][head])
                            .filter(position -> Arrays.binarySearch(kept, position) < 0)
                            .count();
                }
            }
        }
        return different / all;
    }
}
