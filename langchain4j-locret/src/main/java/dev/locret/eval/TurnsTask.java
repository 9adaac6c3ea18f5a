package dev.locret.eval;

import java.util.random.RandomGenerator;

/**
 * The questions of another task as turns of a conversation, as SCBench asks them: each follows those before it and their
 * right answers, so that all policies answer the same prompts.
 */
final class TurnsTask implements Task {
    private final Task task;
    private final String name;

    /**
     * @param task with several questions to a document
     */
    TurnsTask(String name, Task task) {
        this.name = name;
        this.task = task;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        return task.item(index, tokens, random).asTurns();
    }
}
