package dev.locret.samples.corpus;

import java.io.Serializable;

/**
 * With what documents are asked; travels to the executors.
 *
 * @param model a path that executors share, the name of a file given to {@code --files}, or {@code hf:owner/name}
 * @param heads as {@code model}; null for none
 * @param device {@code auto} is the card that Spark assigned to the task, or the CPU if it assigned none
 * @param maxBytes longest document that is read
 * @param timeoutSeconds of one document; 0 for none
 */
record Settings(
        String model,
        String heads,
        String device,
        int budget,
        int chunkSize,
        int maxAnswerTokens,
        int maxBytes,
        int timeoutSeconds)
        implements Serializable {

    /** Without the place that it lies in, which may be another one tomorrow. */
    String modelName() {
        return model.substring(model.lastIndexOf('/') + 1);
    }
}
