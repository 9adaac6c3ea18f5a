package dev.locret.eval;

import dev.locret.common.Checks;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tasks that make their own documents, by name. */
public final class Tasks {
    /** Makes a task. */
    @FunctionalInterface
    private interface Factory {
        Task create(Corpus corpus, TokenCount count, int needles);
    }

    /** Questions to a context that is shared: SCBench's number. */
    private static final int SHARED = 5;

    private static final Map<String, Factory> FACTORIES = new LinkedHashMap<>();

    static {
        FACTORIES.put(
                "needles",
                (corpus, count, needles) ->
                        new NeedleTask("needles", List.of("number", "code"), needles, corpus, count));
        FACTORIES.put(
                "facts",
                (corpus, count, needles) ->
                        new NeedleTask("facts", List.of("number", "code", "city", "director"), needles, corpus, count));
        FACTORIES.put(
                "number", (corpus, count, needles) -> new NeedleTask("number", List.of("number"), 1, corpus, count));
        FACTORIES.put(
                "passkey", (corpus, count, needles) -> new NeedleTask("passkey", List.of("passkey"), 1, corpus, count));
        FACTORIES.put(ContinuationTask.NAME, (corpus, count, needles) -> new ContinuationTask(corpus, count));
        FACTORIES.put(
                "noise-passkey",
                (corpus, count, needles) -> new NoiseTask("noise-passkey", "pass key", 5, false, count));
        FACTORIES.put(
                "number-string",
                (corpus, count, needles) -> new NoiseTask("number-string", "sequence of digits", 10, true, count));
        FACTORIES.put(KeyValueTask.NAME, (corpus, count, needles) -> new KeyValueTask(KeyValueTask.NAME, 1, count));
        for (NiahTask.Form form : NiahTask.Form.ALL) {
            FACTORIES.put(form.name(), (corpus, count, needles) -> new NiahTask(form, corpus, count));
        }
        FACTORIES.put(VariableTask.NAME, (corpus, count, needles) -> new VariableTask(VariableTask.NAME, 1, count));
        FACTORIES.put(CommonWordsTask.NAME, (corpus, count, needles) -> new CommonWordsTask(count));
        FACTORIES.put(FrequentWordsTask.NAME, (corpus, count, needles) -> new FrequentWordsTask(count));
        FACTORIES.put("shared-kv", (corpus, count, needles) -> new KeyValueTask("shared-kv", SHARED, count));
        FACTORIES.put(
                "shared-prefix-suffix",
                (corpus, count, needles) -> new PrefixSuffixTask("shared-prefix-suffix", SHARED, count));
        FACTORIES.put(
                "shared-variables", (corpus, count, needles) -> new VariableTask("shared-variables", SHARED, count));
        for (String name : List.of("needles", "facts", "shared-kv", "shared-prefix-suffix", "shared-variables")) {
            Factory single = FACTORIES.get(name);
            String turns = "turns-" + name.replace("shared-", "");
            FACTORIES.put(
                    turns, (corpus, count, needles) -> new TurnsTask(turns, single.create(corpus, count, needles)));
        }
    }

    private Tasks() {}

    /** Names of all tasks. */
    public static List<String> names() {
        return List.copyOf(FACTORIES.keySet());
    }

    /**
     * @param corpus natural text to hide things in
     * @param needles facts in a document of the tasks that have several
     * @throws dev.locret.common.LocretException ({@code invalid-argument}) with all names
     */
    public static Task create(String name, Corpus corpus, TokenCount count, int needles) {
        Checks.argument(
                FACTORIES.containsKey(name),
                () -> "unknown task: task=" + name + ", allowed=" + String.join(", ", names()));
        Checks.inRange("needles", needles, 1, 1000);
        return FACTORIES.get(name).create(corpus, count, needles);
    }
}
