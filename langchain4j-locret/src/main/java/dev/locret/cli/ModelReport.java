package dev.locret.cli;

import dev.locret.cache.CachePlan;
import dev.locret.common.LocretException;
import dev.locret.engine.MemoryPlan;
import dev.locret.engine.ModelText;
import dev.locret.format.GgufFile;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What {@code inspect} tells.
 *
 * @param model its file or directory
 * @param config shape of the model
 * @param metadata of a GGUF file, long lists by their length only; empty for others
 * @param tensors number and bytes by element type
 * @param tokenizer kind and size, or what is wrong with it
 * @param template origin and first line, or what is wrong with it
 * @param memory what an engine would allocate with the given options
 */
record ModelReport(
        String model,
        ModelConfig config,
        Map<String, Object> metadata,
        Map<String, Tensors> tensors,
        TokenizerInfo tokenizer,
        TemplateInfo template,
        Memory memory) {
    private static final int LONGEST_LIST = 8;

    /** Tensors of one element type. */
    record Tensors(int count, long bytes) {}

    /** Nulls where there is none; {@code error} if it does not load. */
    record TokenizerInfo(String kind, Integer size, String error) {}

    /** Nulls where there is none; {@code error} if it does not load. */
    record TemplateInfo(String origin, String firstLine, String error) {}

    /** Sizes of the cache in entries per head, and bytes by purpose. */
    record Memory(
            CachePlan cache,
            int capacity,
            Map<String, Long> parts,
            long totalBytes,
            long availableBytes,
            long deviceBytes,
            long prefixCacheBytes,
            boolean heap) {}

    static ModelReport of(ModelFiles files, MemoryPlan plan) {
        ModelText text = ModelText.load(files);
        return new ModelReport(
                files.weights().path().toString(),
                files.weights().config(),
                metadata(files),
                tensors(files),
                tokenizer(files, text),
                template(text),
                memory(plan));
    }

    private static Map<String, Object> metadata(ModelFiles files) {
        Map<String, Object> shown = new LinkedHashMap<>();
        files.gguf().map(GgufFile::metadata).orElse(Map.of()).forEach((key, value) -> {
            boolean isLong = value instanceof List<?> list && list.size() > LONGEST_LIST;
            if (!key.equals("tokenizer.chat_template")) {
                shown.put(key, isLong ? ((List<?>) value).size() + " entries" : value);
            }
        });
        return shown;
    }

    private static Map<String, Tensors> tensors(ModelFiles files) {
        Map<String, Tensors> byType = new TreeMap<>();
        for (String name : files.weights().names()) {
            HostTensor tensor = files.weights().find(name).orElseThrow();
            Tensors one = new Tensors(1, tensor.type().bytes(tensor.shape().elements()));
            byType.merge(
                    tensor.type().name(),
                    one,
                    (a, b) -> new Tensors(a.count + b.count, Math.addExact(a.bytes, b.bytes)));
        }
        return byType;
    }

    private static TokenizerInfo tokenizer(ModelFiles files, ModelText text) {
        return orError(
                () -> new TokenizerInfo(
                        TokenizerKind.of(files), text.tokenizer().vocabularySize(), null),
                error -> new TokenizerInfo(null, null, error));
    }

    private static TemplateInfo template(ModelText text) {
        return orError(
                () -> text.template()
                        .map(template -> new TemplateInfo(
                                template.origin(),
                                template.source().lines().findFirst().orElse(""),
                                null))
                        .orElse(new TemplateInfo(null, null, null)),
                error -> new TemplateInfo(null, null, error));
    }

    private static <T> T orError(Supplier<T> info, java.util.function.Function<String, T> failed) {
        try {
            return info.get();
        } catch (LocretException e) {
            return failed.apply(e.id().id() + ": " + e.getMessage());
        }
    }

    private static Memory memory(MemoryPlan plan) {
        Map<String, Long> parts = new LinkedHashMap<>();
        plan.parts().forEach(part -> parts.put(part.name(), part.bytes()));
        return new Memory(
                plan.cache(),
                plan.cache().capacity(),
                parts,
                plan.totalBytes(),
                plan.availableBytes(),
                plan.deviceBytes(),
                plan.prefixCacheBytes(),
                plan.heap());
    }
}
