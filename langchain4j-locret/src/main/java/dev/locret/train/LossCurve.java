package dev.locret.train;

import dev.locret.format.FileReplacement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** The losses of a run, as comma-separated values and as a plot. */
final class LossCurve {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 450;
    /** Steps of the mean that is drawn over the losses: single samples differ much. */
    private static final int MEAN_STEPS = 20;

    private LossCurve() {}

    /** Writes a line of names and a line a step. */
    static void writeCsv(Path file, List<StepResult> history) {
        StringBuilder csv = new StringBuilder("step,loss,smooth_loss,total,learning_rate,tokens\n");
        for (StepResult step : history) {
            csv.append(step.step())
                    .append(',')
                    .append(step.loss())
                    .append(',')
                    .append(step.smoothLoss())
                    .append(',')
                    .append(step.total())
                    .append(',')
                    .append(step.learningRate())
                    .append(',')
                    .append(step.tokens())
                    .append('\n');
        }
        write(file, StandardCharsets.UTF_8.encode(csv.toString()));
    }

    /** Draws the loss of each step and its mean over the last steps, as PNG. */
    static void writePng(Path file, List<StepResult> history) {
        double[] steps = history.stream().mapToDouble(StepResult::step).toArray();
        double[] losses = history.stream().mapToDouble(StepResult::loss).toArray();
        double[] means = new double[losses.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = Arrays.stream(losses, Math.max(0, i + 1 - MEAN_STEPS), i + 1)
                    .average()
                    .orElseThrow();
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("training of retaining heads")
                .xAxisTitle("step")
                .yAxisTitle("SmoothL1")
                .build();
        chart.getStyler().setMarkerSize(0);
        chart.addSeries("loss", steps, losses);
        chart.addSeries("mean of the last " + MEAN_STEPS, steps, means);
        try {
            write(file, ByteBuffer.wrap(BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, ByteBuffer bytes) {
        FileReplacement.write("train", file, channel -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }
}
