package dev.locret.spring.autoconfigure;

import dev.locret.LocretModelBuilder;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.hub.DownloadProgress;
import dev.locret.hub.HubConfig;
import dev.locret.hub.ModelHub;
import dev.locret.hub.ModelSource;
import dev.locret.spring.autoconfigure.LocretProperties.Request;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Properties to the settings that they stand for; what is not set keeps its default there. */
final class Settings {
    private Settings() {}

    /**
     * What loads a model; one that is not here is downloaded. What can be checked without the model is checked at once.
     *
     * @param prefix of its properties
     */
    static Supplier<LocretEngine> engine(String prefix, LocretProperties properties) {
        return under(prefix, "", () -> {
            ModelSource source = ModelSource.parse(properties.modelPath() == null ? "" : properties.modelPath());
            if (source instanceof ModelSource.Local local) {
                EngineOptions options =
                        apply(properties, EngineOptions.builder(present(local))).build();
                return () -> under(prefix, "", () -> LocretEngine.load(options));
            }
            apply(properties, EngineOptions.builder(Path.of("")));
            return () -> under(
                    prefix,
                    "",
                    () -> LocretEngine.load(apply(properties, EngineOptions.builder(present(source)))
                            .build()));
        });
    }

    private static Path present(ModelSource source) {
        return new ModelHub(HubConfig.fromEnvironment()).resolve(source, DownloadProgress.NONE);
    }

    /** Options of loading. */
    static EngineOptions.Builder apply(LocretProperties properties, EngineOptions.Builder options) {
        options.pinnedTokens(EngineOptions.PINNED_BY_TEMPLATE);
        ifSet(properties.retainingHeadsPath(), path -> options.headsPath(Path.of(path)));
        ifSet(properties.questionAwareHeadsPath(), path -> options.questionAwareHeadsPath(Path.of(path)));
        ifSet(properties.device(), options::device);
        ifSet(properties.cacheBudget(), options::cacheBudget);
        ifSet(properties.chunkSize(), options::chunkSize);
        ifSet(properties.stabilizers(), options::stabilizers);
        ifSet(properties.localTokens(), options::localTokens);
        ifSet(properties.pinnedTokens(), options::pinnedTokens);
        ifSet(properties.recentShare(), options::recentShare);
        ifSet(properties.scorePooling(), options::scorePooling);
        ifSet(properties.budgetAllocation(), options::budgetAllocation);
        ifSet(properties.valueNorm(), options::valueNorm);
        ifSet(properties.mergeEvicted(), options::mergeEvicted);
        ifSet(properties.kvCacheType(), options::kvCacheType);
        ifSet(properties.policy(), options::policy);
        ifSet(properties.ropeFactors(), options::ropeFactors);
        ifSet(properties.threads(), options::threads);
        ifSet(properties.maxSessions(), options::maxSessions);
        ifSet(properties.queueCapacity(), options::queueCapacity);
        ifSet(properties.prefixCacheSize(), size -> options.prefixCacheBytes(size.toBytes()));
        ifSet(properties.tokenGap(), gap -> options.tokenGapMillis((int) Math.min(Integer.MAX_VALUE, gap.toMillis())));
        ifSet(properties.contexts().directory(), directory -> options.contextsDirectory(Path.of(directory)));
        ifSet(properties.contexts().maxSize(), size -> options.contextsDirectoryBytes(size.toBytes()));
        return options;
    }

    /** Defaults of requests. */
    static <B extends LocretModelBuilder<B>> B apply(Request request, B builder) {
        return builder.modelName(request.modelName())
                .temperature(request.temperature())
                .topP(request.topP())
                .topK(request.topK())
                .minP(request.minP())
                .seed(request.seed())
                .frequencyPenalty(request.frequencyPenalty())
                .presencePenalty(request.presencePenalty())
                .repetitionPenalty(request.repetitionPenalty())
                .maxOutputTokens(request.maxOutputTokens())
                .stopSequences(request.stop())
                .questionAware(request.questionAware())
                .mergeMessages(request.mergeMessages())
                .think(request.think())
                .returnThinking(request.returnThinking())
                .sendThinking(request.sendThinking())
                .toolFormat(request.toolFormat())
                .supportedCapabilities(request.supportedCapabilities());
    }

    /**
     * Has a message about a value begin with its property.
     *
     * @param prefix of a model's properties
     * @param group of properties below it, or empty
     */
    static <T> T under(String prefix, String group, Supplier<T> creation) {
        try {
            return creation.get();
        } catch (LocretStartException e) {
            throw e;
        } catch (LocretException e) {
            String message =
                    e.id() == ErrorId.INVALID_ARGUMENT || e.getMessage().startsWith("unknown device")
                            ? PropertyNames.blamed(prefix, group, e.getMessage()) + ": " + e.getMessage()
                            : e.getMessage();
            throw new LocretStartException(prefix, message, e);
        }
    }

    private static <T> void ifSet(T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }
}
