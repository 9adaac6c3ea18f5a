package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.cuda.WorkEstimate.Card;
import dev.locret.backend.cuda.WorkEstimate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The estimates in docs/performance.md are those that {@link WorkEstimate} makes. */
class WorkEstimateTest {
    @Test
    void theDocumentHasTheTables() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "performance.md"));
        for (WorkEstimate model : WorkEstimate.MODELS) {
            assertThat(document).contains(operations(model));
        }
        assertThat(document).contains(speeds());
    }

    /** The paper's own settings on its own card: no floor may be above what was measured there. */
    @Test
    void noFloorIsSlowerThanWhatThePaperMeasured() {
        Card card = Card.ALL.get(0);
        for (WorkEstimate model : WorkEstimate.MODELS) {
            assertThat(WorkEstimate.TEXT / model.readingSeconds(card))
                    .as(model.model())
                    .isGreaterThan(model.paper());
        }
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String cards(ToDoubleFunction<Card> value, String format) {
        return Card.ALL.stream()
                .map(card -> format(format, value.applyAsDouble(card)))
                .collect(Collectors.joining(" | "));
    }

    /** A chunk behind a full budget, then a decoded token. */
    private static String operations(WorkEstimate model) {
        String names = Card.ALL.stream().map(Card::name).collect(Collectors.joining(" | "));
        StringBuilder out = new StringBuilder();
        out.append(row(List.of(format("%s, a chunk of %d", model.model(), model.chunk()), "TFLOP", "GB", names)));
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Work work : model.chunk(model.chunk(), model.budget())) {
            out.append(row(work));
        }
        out.append("| *a decoded token* | | | | | | | |\n");
        model.step().forEach(work -> out.append(row(work)));
        return out.toString();
    }

    private static String row(Work work) {
        return row(List.of(
                work.operation(),
                work.tensor() == 0 ? "" : format("%.2f", work.tensor() / 1e12),
                format("%.2f", work.bytes() / 1e9),
                cards(card -> 1e3 * work.seconds(card), "%.1f")));
    }

    private static String speeds() {
        StringBuilder out = new StringBuilder();
        out.append("| tokens per second at most | RTX 4090 | L4 | A10 | A100 80 GB | H100 SXM | paper, RTX 4090 |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (WorkEstimate model : WorkEstimate.MODELS) {
            out.append(row(List.of(
                    model.model() + ", reading 128K",
                    cards(card -> WorkEstimate.TEXT / model.readingSeconds(card), "%.0f"),
                    format("%.0f", model.paper()))));
            out.append(row(List.of(
                    model.model() + ", decoding", cards(card -> 1 / model.stepSeconds(card), "%.0f"), "not told")));
        }
        return out.toString();
    }

    /** Prints the tables. */
    public static void main(String[] args) {
        WorkEstimate.MODELS.forEach(model -> System.out.println(operations(model)));
        System.out.println(speeds());
    }
}
