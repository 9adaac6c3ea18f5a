package dev.locret.train;

import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A tiny model with a tokenizer, and samples for it. */
final class Fixtures {
    private Fixtures() {}

    /** Three layers of 16 query heads and 8 KV heads, a vocabulary of 512, a window of 512 tokens or more. */
    static Path model() {
        return Golden.of("llama-tiny").directory().resolveSibling("gguf").resolve("llama-tiny.gguf");
    }

    /** Writes so many samples of two questions each. */
    static Path samples(Path file, int count) throws IOException {
        Random random = new Random(3);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String number = "" + (10 + random.nextInt(90));
            String filler = "the cat sat on the mat and ".repeat(2 + random.nextInt(2));
            lines.append("{\"context\": \"" + filler + "box " + i + " holds " + number + ". " + filler
                    + "\", \"questions\": [{\"question\": \"what is in box " + i + "?\", \"answer\": \"" + number
                    + "\"}, {\"question\": \"who sat?\", \"answer\": \"the cat\"}]}\n");
        }
        return Files.writeString(file, lines.toString());
    }

    static TrainingOptions options(Path data, Path output, int steps, int every, boolean resume) {
        return options(data, output, Recipe.standard(steps), every, resume);
    }

    static TrainingOptions options(Path data, Path output, Recipe recipe, int every, boolean resume) {
        return new TrainingOptions(
                model(), null, List.of(data), output, "cpu", 2, recipe, 24, 512, 64, 8, false, 7, every, resume);
    }

    /** Remembers what it is told. */
    static class Log implements TrainingRun.Listener {
        final StringBuilder text = new StringBuilder();
        double first = Double.NaN;
        double last;
        int steps;

        @Override
        public void onData(int samples, int longest, String leftOut) {
            text.append("data ").append(samples).append(' ').append(leftOut).append('\n');
        }

        @Override
        public void onResume(List<StepResult> done) {
            text.append("resume ").append(done.size()).append('\n');
        }

        @Override
        public void onCheckpointFailed(int step, dev.locret.common.LocretException reason) {
            text.append("failed ")
                    .append(step)
                    .append(": ")
                    .append(reason.getMessage())
                    .append('\n');
        }

        @Override
        public void onStep(StepResult result) {
            first = Double.isNaN(first) ? result.loss() : first;
            last = result.loss();
            steps++;
        }
    }
}
