package dev.locret.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What came of a document under a policy and a budget, a line of the results file.
 *
 * @param task name of the task
 * @param length tokens that were asked for, 0 for a task whose documents are as long as they are
 * @param sample number of the document
 * @param policy eviction policy
 * @param budget entries kept per KV head, 0 for full attention
 * @param documentTokens tokens up to the question
 * @param answers what was asked and answered; empty for a continuation
 * @param logProbability mean over the tokens of a continuation, natural logarithm; else null
 * @param prefillSeconds time to read the document
 * @param decodeSeconds time for all answers together
 * @param outputTokens tokens of all answers, or of the continuation
 * @param cacheBytes bytes of the cache
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Outcome(
        String task,
        int length,
        int sample,
        String policy,
        int budget,
        int documentTokens,
        List<Answer> answers,
        Double logProbability,
        double prefillSeconds,
        double decodeSeconds,
        int outputTokens,
        long cacheBytes) {
    /**
     * A question and its answer.
     *
     * @param kind what was asked for
     * @param depth where in the document it stands, or -1
     * @param expected what counts as found
     * @param answer what the model said
     * @param score from 0 to 1
     */
    record Answer(String kind, double depth, List<String> expected, String answer, double score) {}

    /** What tells this outcome from every other of a run. */
    String key() {
        return Case.key(task, length, sample, policy, budget);
    }
}
