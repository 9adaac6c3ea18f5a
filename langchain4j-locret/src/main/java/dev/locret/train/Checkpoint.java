package dev.locret.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a run has come; the heads stand beside it in the file.
 *
 * @param run what the run is of, by name: equal for the run that goes on
 * @param history the steps that were done
 */
record Checkpoint(Map<String, String> run, List<StepResult> history) {
    Checkpoint {
        run = new LinkedHashMap<>(run);
        history = List.copyOf(history);
    }

    /** The next step. */
    int step() {
        return history.size();
    }
}
