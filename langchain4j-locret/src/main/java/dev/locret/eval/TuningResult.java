package dev.locret.eval;

import dev.locret.common.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a search for settings found, for the console and as a file. */
public final class TuningResult {
    /**
     * What was measured.
     *
     * @param longest tokens of the longest prompt with its answer
     * @param localTokens tokens of the longest question
     * @param tried candidates that were tried
     * @param fitting candidates that fit
     */
    record Extent(int documents, int questions, int longest, int localTokens, int tried, int fitting) {}

    private final Trial chosen;
    private final Optional<Trial> byDefault;
    private final Optional<Trial> full;
    private final List<Trial> finalists;
    private final List<String> notes;
    private final Extent extent;
    private final Tuning.Options options;

    /**
     * @param byDefault what an application without settings gets, if it was measured
     * @param full full attention, if it was measured
     * @param finalists all that were measured on every document, the chosen one among them
     * @param notes what was not tried or measured, and why
     */
    TuningResult(
            Trial chosen,
            Optional<Trial> byDefault,
            Optional<Trial> full,
            List<Trial> finalists,
            List<String> notes,
            Extent extent,
            Tuning.Options options) {
        this.chosen = chosen;
        this.byDefault = byDefault;
        this.full = full;
        this.finalists = finalists;
        this.notes = notes;
        this.extent = extent;
        this.options = options;
    }

    /** The settings that were found best. */
    public Candidate chosen() {
        return chosen.candidate();
    }

    /** What was measured, gained and lost. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("measured: questions=" + extent.questions + ", documents=" + extent.documents
                + ", tokens of the longest prompt with its answer=" + extent.longest);
        lines.add("tried: candidates=" + extent.tried + " of " + extent.fitting + " that fit");
        lines.addAll(notes);
        lines.add("");
        List<List<String>> rows = new ArrayList<>();
        full.ifPresent(t -> rows.add(t.cells("full attention")));
        byDefault.ifPresent(t -> rows.add(t.cells("the default")));
        rows.add(chosen.cells("chosen"));
        finalists.stream()
                .filter(t -> !t.candidate().equals(chosen.candidate()))
                .forEach(t -> rows.add(t.cells("next")));
        lines.addAll(TextTable.of(Trial.COLUMNS, rows, 2));
        lines.add("");
        full.ifPresent(t -> lines.add(chosen.against("full attention", t)));
        byDefault.ifPresent(t -> lines.add(chosen.against("the default", t)));
        lines.add(
                "Memory is the plan's for one session, without the prefix cache. The interval is Wilson's, which takes"
                        + " questions for independent;");
        lines.add(
                "by document, and of the share, it is a bootstrap over documents. The settings were chosen by these very"
                        + " questions: expect a little less of others.");
        return lines;
    }

    /**
     * An {@code application.properties} for the Spring Boot starter, with what was found in comments.
     *
     * @param title lines that come first
     * @param model properties of the model, without their prefix
     */
    public String properties(List<String> title, Map<String, String> model) {
        List<String> comments = new ArrayList<>(title);
        comments.addAll(lines());
        Map<String, String> values = new LinkedHashMap<>(model);
        values.putAll(chosen.candidate().properties());
        values.put("local-tokens", String.valueOf(extent.localTokens));
        values.put("prefix-cache-size", prefixCacheBytes() + "B");
        if (options.questionFirst()) {
            values.put("chat-model.question-aware", "true");
            values.put("streaming-chat-model.question-aware", "true");
        }
        comments.add("Memory of the application by the plan: "
                + ByteSize.mebibytes(chosen.memory().bytes()) + " and up to " + ByteSize.mebibytes(prefixCacheBytes())
                + " of prefix cache, max-memory=" + ByteSize.mebibytes(options.maxBytes()) + ".");
        return StarterProperties.text(comments, values);
    }

    /** The default's, or what is left. */
    private long prefixCacheBytes() {
        return Math.min(
                chosen.memory().prefixCacheBytes(),
                options.maxBytes() - chosen.memory().bytes());
    }

    /** For {@code --json}. */
    public Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("chosen", entry(chosen));
        byDefault.ifPresent(t -> report.put("default", entry(t)));
        full.ifPresent(t -> report.put("full", entry(t)));
        report.put("finalists", finalists.stream().map(TuningResult::entry).toList());
        report.put("tried", extent.tried);
        report.put("fitting", extent.fitting);
        report.put("questions", extent.questions);
        report.put("documents", extent.documents);
        report.put("notes", notes);
        return report;
    }

    private static Map<String, Object> entry(Trial trial) {
        Map<String, Object> entry = new LinkedHashMap<>(trial.candidate().properties());
        entry.put("row", trial.row());
        entry.put("memoryBytes", trial.memory().bytes());
        entry.put("cacheBytes", trial.memory().cacheBytes());
        return entry;
    }
}
