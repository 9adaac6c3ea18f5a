package dev.locret.samples.corpus;

import dev.locret.LocretChatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkFiles;

/**
 * The models of this JVM, which is an executor: loaded by the first task that asks, one for each card that tasks were given, shared
 * by all tasks and closed when the executor ends.
 */
final class ExecutorModel {
    private static final Map<String, LocretChatModel> MODELS = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorModel::close, "close-models"));
    }

    private ExecutorModel() {}

    /** @param threads processors that the task may use; the first task's number counts */
    static synchronized LocretChatModel get(Settings settings, String device, int threads) {
        return MODELS.computeIfAbsent(device + " " + settings, key -> load(settings, device, threads));
    }

    private static LocretChatModel load(Settings settings, String device, int threads) {
        LocretChatModel.LocretChatModelBuilder builder = LocretChatModel.builder()
                .modelPath(place(settings.model()))
                .device(device)
                .threads(threads)
                .cacheBudget(settings.budget())
                .chunkSize(settings.chunkSize())
                .maxOutputTokens(settings.maxAnswerTokens())
                .temperature(0.0)
                // No two documents begin alike: there is nothing to keep of what was read.
                .prefixCacheBytes(0L);
        if (settings.heads() != null) {
            builder.retainingHeadsPath(place(settings.heads()));
        }
        if (settings.timeoutSeconds() > 0) {
            builder.timeout(Duration.ofSeconds(settings.timeoutSeconds()));
        }
        return builder.build();
    }

    /** What is not where it says may have come by Spark's {@code --files}, which puts it into a directory of the executor. */
    private static String place(String name) {
        if (name.startsWith("hf:") || Files.exists(Path.of(name))) {
            return name;
        }
        String sent = SparkFiles.get(Path.of(name).getFileName().toString());
        return Files.exists(Path.of(sent)) ? sent : name;
    }

    private static synchronized void close() {
        MODELS.values().forEach(LocretChatModel::close);
        MODELS.clear();
    }
}
