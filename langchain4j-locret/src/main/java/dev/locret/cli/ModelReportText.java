package dev.locret.cli;

import dev.locret.cache.CachePlan;
import dev.locret.format.ModelConfig;
import dev.locret.format.RopeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A model report for a reader. */
final class ModelReportText {
    private static final int LONGEST_VALUE = 100;

    private ModelReportText() {}

    static List<String> lines(ModelReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(report.model());
        config(report.config(), lines);
        if (!report.metadata().isEmpty()) {
            lines.add("metadata");
            report.metadata().forEach((key, value) -> lines.add(entry(key, shorten(String.valueOf(value)))));
        }
        lines.add("tensors");
        report.tensors()
                .forEach((type, tensors) ->
                        lines.add(entry(type, tensors.count() + " of " + size(tensors.bytes()) + " in all")));
        text(report, lines);
        memory(report.memory(), lines);
        return lines;
    }

    private static void config(ModelConfig config, List<String> lines) {
        lines.add(entry("architecture", config.architecture()));
        lines.add(entry("layers", config.layers()));
        lines.add(entry("hidden size", config.hiddenSize() + ", feed-forward " + config.feedForwardSize()));
        lines.add(entry(
                "heads",
                config.heads() + " query, " + config.kvHeads() + " key and value, dimension " + config.headDim()));
        lines.add(entry("vocabulary", config.vocabularySize() + (config.tiedEmbeddings() ? ", tied embeddings" : "")));
        lines.add(entry(
                "window",
                config.contextLength() + " tokens"
                        + (config.slidingWindow() > 0 ? ", sliding " + config.slidingWindow() : "")));
        lines.add(entry("rope", rope(config.rope())));
    }

    private static String rope(RopeConfig rope) {
        String scaling = rope.kind() == RopeConfig.Kind.NONE && rope.frequencyFactors().length == 0
                ? "no scaling"
                : "scaling " + rope.kind().name().toLowerCase(Locale.ROOT)
                        + (rope.frequencyFactors().length > 0 ? " (factors in the file)" : "")
                        + (rope.originalContext() > 0 ? ", trained on " + rope.originalContext() + " tokens" : "");
        return "theta " + Math.round(rope.theta()) + ", " + rope.dimensions() + " dimensions, " + scaling;
    }

    private static void text(ModelReport report, List<String> lines) {
        ModelReport.TokenizerInfo tokenizer = report.tokenizer();
        lines.add("text");
        lines.add(entry(
                "tokenizer",
                tokenizer.error() != null
                        ? tokenizer.error()
                        : tokenizer.kind() + ", " + tokenizer.size() + " tokens"));
        ModelReport.TemplateInfo template = report.template();
        if (template.origin() == null) {
            lines.add(entry("template", template.error() != null ? template.error() : "none"));
        } else {
            lines.add(entry("template", template.origin()));
            lines.add(entry("", shorten(template.firstLine())));
        }
    }

    private static void memory(ModelReport.Memory memory, List<String> lines) {
        CachePlan cache = memory.cache();
        lines.add("memory");
        lines.add(entry(
                "cache",
                "budget " + cache.budget() + ", chunk " + cache.chunkSize() + ", stabilizers " + cache.stabilizers()
                        + ", local tokens " + cache.localTokens() + ", reserve " + cache.reserve() + ": "
                        + memory.capacity() + " entries per KV head, type "
                        + cache.type()));
        memory.parts().forEach((name, bytes) -> lines.add(entry(name, size(bytes))));
        lines.add(entry("total", size(memory.totalBytes()) + " of " + size(memory.availableBytes()) + " available"));
        if (!memory.heap()) {
            lines.add(entry("of the card in all", size(memory.deviceBytes())));
            lines.add(entry("prefix cache", size(memory.prefixCacheBytes()) + " of Java's heap"));
        }
    }

    private static String entry(String name, Object value) {
        return String.format(Locale.ROOT, "  %-24s %s", name, value);
    }

    /** One line without control characters, which files may hold. */
    private static String shorten(String value) {
        String line = value.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_VALUE ? line : line.substring(0, LONGEST_VALUE) + "…";
    }

    static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
