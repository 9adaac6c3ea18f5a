package dev.locret.eval;

/**
 * Something to be measured.
 *
 * @param length tokens that are asked for, 0 for a task whose documents are as long as they are
 * @param sample number of the document
 * @param policy eviction policy
 * @param budget entries kept per KV head, 0 for full attention
 */
record Case(Task task, int length, int sample, String policy, int budget) {
    String key() {
        return key(task.name(), length, sample, policy, budget);
    }

    static String key(String task, int length, int sample, String policy, int budget) {
        return task + "/" + length + "/" + sample + "/" + policy + "/" + budget;
    }
}
