package dev.locret.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The losses of a run as comma-separated values. */
final class LossCurve {
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
        FileReplacement.write(file, channel -> {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(csv.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }
}
