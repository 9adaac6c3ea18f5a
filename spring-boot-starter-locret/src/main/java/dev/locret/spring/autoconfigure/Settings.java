package dev.locret.spring.autoconfigure;

import dev.locret.LocretModelBuilder;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.EngineOptions;
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

    /** Options of loading; a model that is not here is downloaded. */
    static EngineOptions engineOptions(LocretProperties properties) {
        Path model = new ModelHub(HubConfig.fromEnvironment())
                .resolve(ModelSource.parse(properties.modelPath()), DownloadProgress.NONE);
        EngineOptions.Builder options = EngineOptions.builder(model);
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
        ifSet(properties.tokenGap(), gap -> options.tokenGapMillis(Math.toIntExact(gap.toMillis())));
        ifSet(properties.contexts().directory(), directory -> options.contextsDirectory(Path.of(directory)));
        ifSet(properties.contexts().maxSize(), size -> options.contextsDirectoryBytes(size.toBytes()));
        return options.build();
    }

    /** Defaults of requests. */
    static <B extends LocretModelBuilder<B>> B request(B builder, Request request) {
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

    /** Has a message about a value begin with the prefix of its property. */
    static <T> T under(String prefix, Supplier<T> creation) {
        try {
            return creation.get();
        } catch (LocretException e) {
            if (e.id() != ErrorId.INVALID_ARGUMENT) {
                throw e;
            }
            throw new LocretException(e.id(), prefix + ": " + e.getMessage(), e);
        }
    }

    private static <T> void ifSet(T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }
}
