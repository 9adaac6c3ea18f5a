package dev.locret.cli;

import dev.locret.common.LocretException;
import dev.locret.train.StepResult;
import dev.locret.train.TrainingRun;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows how a training run goes: loss, speed and, by the progress bar, the time left. */
final class TrainingDisplay implements TrainingRun.Listener, AutoCloseable {
    /** Weight of the newest step in the loss that is shown: single samples differ much. */
    private static final double NEWEST = 0.1;

    private final Output output;
    private final Progress progress;
    private final int steps;
    private double first = Double.NaN;
    private double smoothed = Double.NaN;
    private long tokens;
    private long nanos;
    private long forwardNanos;
    private int samples;

    TrainingDisplay(Output output, int steps) {
        this.output = output;
        this.steps = steps;
        this.progress = output.progress("training", Progress.Unit.STEPS);
    }

    @Override
    public void onData(int count, int longest, String leftOut) {
        samples = count;
        output.note(count + " samples, the longest of " + longest + " tokens"
                + (leftOut.isEmpty() ? "" : "; left out: " + leftOut));
    }

    @Override
    public void onResume(List<StepResult> done) {
        output.note("goes on after step " + done.size());
        done.forEach(this::count);
    }

    @Override
    public void onCheckpointFailed(int step, LocretException reason) {
        output.note("no checkpoint of step " + step + ", going on: " + reason.getMessage());
    }

    @Override
    public void onStep(StepResult result) {
        count(result);
        String note = String.format(Locale.ROOT, "loss %.4f, %.0f tokens/s", smoothed, tokensPerSecond());
        progress.update(result.step() + 1L, steps, note);
    }

    private void count(StepResult result) {
        first = Double.isNaN(first) ? result.loss() : first;
        smoothed = Double.isNaN(smoothed) ? result.loss() : smoothed + NEWEST * (result.loss() - smoothed);
        tokens += result.tokens();
        nanos += result.nanos();
        forwardNanos += result.forwardNanos();
    }

    private double tokensPerSecond() {
        return tokens * 1e9 / Math.max(1, nanos);
    }

    /** Says what came of it. */
    void finish(Path target) {
        progress.close();
        if (output.isJson()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("heads", target.toAbsolutePath().toString());
            result.put("steps", steps);
            result.put("samples", samples);
            result.put("firstLoss", first);
            result.put("lastLoss", smoothed);
            result.put("tokens", tokens);
            result.put("seconds", nanos / 1e9);
            result.put("tokensPerSecond", tokensPerSecond());
            result.put("stepOverForward", nanos / (double) Math.max(1, forwardNanos));
            output.json(result);
        } else {
            output.line(target.toString());
        }
    }

    @Override
    public void close() {
        progress.close();
    }
}
