package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.cuda.KernelEstimate.Share;
import dev.locret.backend.cuda.WorkEstimate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
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
        KernelEstimate kernels = new KernelEstimate();
        assertThat(document).contains(shares(kernels));
        assertThat(document).contains(estimatedSpeeds(kernels));
    }

    /** Where tensor cores are faster still, as in an H100, instructions of another kind are needed to feed them. */
    @Test
    void attentionOfChunksIsBoundByTensorCoresWhereTheyAreSlowest() throws IOException {
        KernelEstimate kernels = new KernelEstimate();
        for (GpuCard card : GpuCard.ALL.subList(0, 4)) {
            assertThat(kernels.chunk(card, 128).share()).as(card.name()).isGreaterThan(0.6);
            assertThat(kernels.chunk(card, 96).share()).as(card.name()).isGreaterThan(0.6);
        }
    }

    /** The paper's own settings on its own card: no floor may be above what was measured there. */
    @Test
    void noFloorIsSlowerThanWhatThePaperMeasured() {
        GpuCard card = GpuCard.ALL.get(0);
        for (WorkEstimate model : WorkEstimate.MODELS) {
            assertThat(WorkEstimate.TEXT / model.readingSeconds(work -> work.seconds(card)))
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

    private static String cards(ToDoubleFunction<GpuCard> value, String format) {
        return GpuCard.ALL.stream()
                .map(card -> format(format, value.applyAsDouble(card)))
                .collect(Collectors.joining(" | "));
    }

    /** A chunk behind a full budget, then a decoded token. */
    private static String operations(WorkEstimate model) {
        String names = GpuCard.ALL.stream().map(GpuCard::name).collect(Collectors.joining(" | "));
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
                    cards(card -> WorkEstimate.TEXT / model.readingSeconds(work -> work.seconds(card)), "%.0f"),
                    format("%.0f", model.paper()))));
            out.append(row(List.of(
                    model.model() + ", decoding",
                    cards(card -> 1 / model.stepSeconds(work -> work.seconds(card)), "%.0f"),
                    "not told")));
        }
        return out.toString();
    }

    private static String shares(KernelEstimate kernels) {
        String names = GpuCard.ALL.stream().map(GpuCard::name).collect(Collectors.joining(" | "));
        StringBuilder out = new StringBuilder();
        out.append(row(List.of("share of the peak, by count", "of", names)));
        out.append("|---|---|---|---|---|---|---|\n");
        for (int dim : new int[] {128, 96}) {
            out.append(row(List.of(
                    "attention of a chunk, head dimension " + dim,
                    "tensor cores",
                    shares(card -> kernels.chunk(card, dim)))));
        }
        out.append(row(List.of(
                "attention of a decode step, head dimension 128, f16",
                "memory",
                shares(card -> kernels.step(card, 128)))));
        for (String type : List.of("BF16", "Q8_0", "Q4_0", "Q4_K", "Q6_K")) {
            out.append(row(List.of(
                    "linear layer of a decode step, " + type, "memory", shares(card -> kernels.linear(card, type)))));
        }
        out.append(row(List.of("gated activation", "memory", shares(kernels::activation))));
        return out.toString();
    }

    private static String shares(Function<GpuCard, Share> of) {
        return GpuCard.ALL.stream()
                .map(of)
                .map(share -> share.share() > 0.995 ? "1" : format("%.2f (%s)", share.share(), share.limit()))
                .collect(Collectors.joining(" | "));
    }

    private static String estimatedSpeeds(KernelEstimate kernels) {
        StringBuilder out = new StringBuilder();
        out.append(
                "| tokens per second, estimated | RTX 4090 | L4 | A10 | A100 80 GB | H100 SXM | paper, RTX 4090 |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (WorkEstimate model : WorkEstimate.MODELS) {
            out.append(row(List.of(
                    model.model() + ", reading 128K",
                    cards(
                            card -> WorkEstimate.TEXT
                                    / model.readingSeconds(work -> model.estimate(work, card, kernels)),
                            "%.0f"),
                    format("%.0f", model.paper()))));
            out.append(row(List.of(
                    model.model() + ", decoding",
                    cards(card -> 1 / model.stepSeconds(work -> model.stepEstimate(work, card, kernels)), "%.0f"),
                    "not told")));
        }
        return out.toString();
    }

    /** Prints the tables. */
    public static void main(String[] args) throws IOException {
        WorkEstimate.MODELS.forEach(model -> System.out.println(operations(model)));
        System.out.println(speeds());
        System.out.println(shares(new KernelEstimate()));
        System.out.println(estimatedSpeeds(new KernelEstimate()));
    }
}
