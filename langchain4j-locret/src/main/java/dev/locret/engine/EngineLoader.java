package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.cache.KvCache;
import dev.locret.common.Checks;
import dev.locret.eviction.HeadKind;
import dev.locret.eviction.RetainingHeads;
import dev.locret.eviction.ScoringHeads;
import dev.locret.eviction.ValueGrams;
import dev.locret.format.HeadsFile;
import dev.locret.format.HeadsMetadata;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.format.WeightSource;
import dev.locret.model.Decoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads a model: plans, checks that there is room, then allocates everything. */
final class EngineLoader {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoader.class);

    private EngineLoader() {}

    static EngineParts load(EngineOptions options) {
        Backend backend = open(options);
        try {
            return load(options, backend, System::nanoTime);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /** As above on a given backend and clock. */
    static EngineParts load(EngineOptions options, Backend backend, LongSupplier nanoTime) {
        try (ModelFiles files = ModelFiles.open(options.modelPath())) {
            ModelConfig config = files.weights().config();
            ScoringHeads heads = heads(options.headsPath(), config);
            RetainingHeads questionHeads = questionHeads(options.questionAwareHeadsPath(), config);
            EngineSettings settings = EngineSettings.resolve(options, config, kind(heads), backend);
            warnOfOtherTraining(options.headsPath(), true, "retaining-heads", "question-aware-heads");
            warnOfOtherTraining(options.questionAwareHeadsPath(), false, "question-aware-heads", "retaining-heads");
            MemoryPlan memory = new MemoryPlanner(backend, files.weights(), heads, questionHeads).require(settings);
            ModelText text = ModelText.load(files);
            Decoder decoder = new Decoder(
                    files.weights(),
                    backend,
                    settings.maxRows(),
                    settings.maxSessions(),
                    settings.plan().longest(),
                    settings.positions(),
                    settings.ropeFactors());
            boolean norms = settings.plan().retention().valueNorm();
            ValueGrams grams = norms ? ValueGrams.load(files.weights(), backend) : null;
            Policies policies = new Policies(backend, heads, questionHeads, settings, grams);
            List<KvCache> caches = new ArrayList<>();
            for (int i = 0; i < settings.maxSessions(); i++) {
                caches.add(KvCache.allocate(backend, config, settings.plan()));
            }
            SnapshotMemory snapshots = new SnapshotMemory(memory.prefixCacheBytes());
            return new EngineParts(
                    ModelName.of(options.modelPath()),
                    backend,
                    decoder,
                    settings,
                    memory,
                    policies,
                    text,
                    List.copyOf(caches),
                    endTokens(files, text),
                    KvCache.bytes(backend, config, settings.plan()),
                    snapshots,
                    new PrefixStore(snapshots, settings.plan()),
                    contextFiles(options, files.weights(), heads, settings),
                    new EngineMonitor(),
                    nanoTime);
        }
    }

    private static ContextFiles contextFiles(
            EngineOptions options, WeightSource weights, ScoringHeads heads, EngineSettings settings) {
        long maxBytes = options.contextsDirectoryBytes();
        Checks.argument(
                maxBytes >= 0,
                () -> "contexts-directory-bytes out of range: contexts-directory-bytes=" + maxBytes + ", allowed=0..");
        return options.contextsDirectory() == null
                ? null
                : new ContextFiles(options.contextsDirectory(), maxBytes, SnapshotBinding.of(weights, heads, settings));
    }

    /** What {@link #load} would allocate. */
    static MemoryPlan plan(EngineOptions options) {
        try (Backend backend = open(options);
                ModelFiles files = ModelFiles.open(options.modelPath())) {
            ModelConfig config = files.weights().config();
            ScoringHeads heads = heads(options.headsPath(), config);
            RetainingHeads questionHeads = questionHeads(options.questionAwareHeadsPath(), config);
            EngineSettings settings = EngineSettings.resolve(options, config, kind(heads), backend);
            return new MemoryPlanner(backend, files.weights(), heads, questionHeads).plan(settings);
        }
    }

    private static Backend open(EngineOptions options) {
        int threads = options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
        return Backends.open(options.device(), threads);
    }

    private static ScoringHeads heads(Path path, ModelConfig config) {
        return path == null ? null : ScoringHeads.of(HeadsFile.open(path), config, path.toString());
    }

    /** Only retaining heads are trained for a way of reading. */
    private static RetainingHeads questionHeads(Path path, ModelConfig config) {
        return path == null ? null : RetainingHeads.of(HeadsFile.open(path), config, path.toString());
    }

    /** Heads score best what is read as it was when they were trained; that is worse otherwise, but no mistake. */
    private static void warnOfOtherTraining(Path path, boolean questionFirst, String given, String better) {
        if (path != null && HeadsMetadata.questionFirst(path).equals(Optional.of(questionFirst))) {
            LOG.warn(
                    "Heads were trained {} the question in front of its document and are used for prompts {} it: "
                            + "{}-path={}; {}-path is the place for them",
                    questionFirst ? "with" : "without",
                    questionFirst ? "without" : "with",
                    given,
                    path,
                    better);
        }
    }

    private static HeadKind kind(ScoringHeads heads) {
        return heads == null ? null : heads.kind();
    }

    private static Set<Integer> endTokens(ModelFiles files, ModelText text) {
        Set<Integer> ids = new LinkedHashSet<>(files.endOfSequenceIds());
        if (text.tokenizerOrNull() != null) {
            ids.addAll(text.tokenizerOrNull().eosIds());
        }
        return Set.copyOf(ids);
    }
}
