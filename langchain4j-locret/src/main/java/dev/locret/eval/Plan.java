package dev.locret.eval;

import dev.locret.common.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What is to be measured: every task at every length with every policy and every budget.
 *
 * @param tasks the tasks
 * @param lengths tokens of documents, for tasks that make them
 * @param full whether full attention, {@code none}, is measured beside the policies
 * @param policies names of eviction policies
 * @param budgets entries kept per KV head
 * @param samples documents of each task and length
 * @param seed of all that is drawn; the same documents for all policies
 * @param questionFirst whether questions stand in front of documents too, which are then read for each of them
 * @param opened whether the first words of answers are given, where a task has some
 */
public record Plan(
        List<Task> tasks,
        List<Integer> lengths,
        boolean full,
        List<String> policies,
        List<Integer> budgets,
        int samples,
        long seed,
        boolean questionFirst,
        boolean opened) {
    static final String FULL = "none";

    /**
     * @throws dev.locret.common.LocretException ({@code invalid-argument}) if a budget is not below every length, since
     *     nothing would be evicted
     */
    public Plan {
        Checks.inRange("samples", samples, 1, 1_000_000);
        for (int length : lengths) {
            Checks.inRange("length", length, 64, 1 << 26);
        }
        for (int budget : budgets) {
            Checks.inRange("budget", budget, 1, 1 << 24);
            for (int length : tasks.stream().anyMatch(Task::hasLength) ? lengths : List.<Integer>of()) {
                Checks.argument(
                        budget < length,
                        () -> "eval: budget is not below the length, nothing would be evicted: budget=" + budget
                                + ", length=" + length);
            }
        }
    }

    /** The cases of full attention. */
    List<Case> fullCases() {
        return full ? cases(List.of(FULL), List.of(0)) : List.of();
    }

    /** The cases of all other policies; those of one document stand beside each other. */
    List<Case> cases() {
        return cases(policies.stream().filter(p -> !p.equals(FULL)).toList(), budgets);
    }

    private List<Case> cases(List<String> measured, List<Integer> sizes) {
        List<Case> cases = new ArrayList<>();
        for (Task task : tasks) {
            for (int length : task.hasLength() ? lengths : List.of(0)) {
                for (int sample = 0; sample < Math.min(samples, task.size()); sample++) {
                    for (String policy : measured) {
                        for (int budget : sizes) {
                            cases.add(new Case(task, length, sample, policy, budget));
                        }
                    }
                }
            }
        }
        return cases;
    }

    /** The document of a case, the same whenever it is made. */
    Item item(Case one) {
        long mixed = 31 * (31 * (31 * seed + one.task().name().hashCode()) + one.length()) + one.sample();
        return one.task().item(one.sample(), one.length(), new Random(mixed * 0x9E3779B97F4A7C15L));
    }
}
