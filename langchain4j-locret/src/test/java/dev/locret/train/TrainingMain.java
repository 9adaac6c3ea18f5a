package dev.locret.train;

import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.List;

/** A run in a JVM of its own, which says each step: data, output, steps, steps between checkpoints. */
final class TrainingMain {
    private TrainingMain() {}

    public static void main(String[] arguments) {
        TrainingOptions options = Fixtures.options(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                true);
        new TrainingRun(options, new TrainingRun.Listener() {
                    @Override
                    public void onData(int samples, int longest, String leftOut) {}

                    @Override
                    public void onResume(List<StepResult> done) {}

                    @Override
                    public void onCheckpointFailed(int step, LocretException reason) {
                        throw reason;
                    }

                    @Override
                    public void onStep(StepResult result) {
                        System.out.println(result.step());
                        System.out.flush();
                    }
                })
                .run();
    }
}
