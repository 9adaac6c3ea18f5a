package dev.locret.metrics;

import dev.locret.common.LocretException;
import dev.locret.engine.EngineEvents;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.GenerationResult.Finish;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What single requests cost. Readings of contexts are requests that put out nothing. */
final class RequestMeters implements EngineEvents {
    private final MeterRegistry registry;
    private final Tags tags;
    private final DistributionSummary inputTokens;
    private final DistributionSummary outputTokens;
    private final Timer requestDuration;
    private final Timer timeToFirstToken;
    private final Timer timePerOutputToken;
    private final Timer queueTime;
    private final DistributionSummary keptEntries;
    private final DistributionSummary evictedEntries;

    RequestMeters(MeterRegistry registry, Tags tags, String model) {
        this.registry = registry;
        this.tags = tags;
        // The keys of LangChain4j's own listener: Prometheus wants one set of keys for a name.
        Tags genAi = tags.and(
                "gen_ai.operation.name", "chat", "gen_ai.provider.name", "locret", "gen_ai.response.model", model);
        this.inputTokens = tokenUsage(genAi, "input");
        this.outputTokens = tokenUsage(genAi, "output");
        this.requestDuration = timer("gen_ai.server.request.duration", "Time of a request, queue included", genAi);
        this.timeToFirstToken =
                timer("gen_ai.server.time_to_first_token", "Time until an answer begins, queue included", genAi);
        this.timePerOutputToken =
                timer("gen_ai.server.time_per_output_token", "Mean time of an answer's tokens after its first", genAi);
        this.queueTime = timer("locret.queue.time", "Time in the queue", tags);
        this.keptEntries = entries("locret.cache.entries.kept", "Entries of the fullest KV head after the prompt");
        this.evictedEntries =
                entries("locret.cache.entries.evicted", "Entries dropped for a request, over all layers and KV heads");
    }

    private DistributionSummary tokenUsage(Tags genAi, String type) {
        return DistributionSummary.builder("gen_ai.client.token.usage")
                .baseUnit("tokens")
                .description("Tokens of a request, by type")
                .tags(genAi.and("gen_ai.token.type", type))
                .register(registry);
    }

    private Timer timer(String name, String description, Tags itsTags) {
        return Timer.builder(name).description(description).tags(itsTags).register(registry);
    }

    private DistributionSummary entries(String name, String description) {
        return DistributionSummary.builder(name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    @Override
    public void onStarted(Duration waited, int cachedTokens) {
        queueTime.record(waited);
    }

    @Override
    public void onFinished(GenerationResult result) {
        Duration untilAnswer = result.queued().plus(result.prefill());
        inputTokens.record(result.promptTokens());
        outputTokens.record(result.outputTokens());
        requestDuration.record(untilAnswer.plus(result.decode()));
        keptEntries.record(result.entriesKept());
        evictedEntries.record(result.entriesEvicted());
        if (result.outputTokens() > 0) {
            // The end of the prompt's forward: the first token is drawn from its logits.
            timeToFirstToken.record(untilAnswer);
        }
        // An answer that the model ended has one more step, for the end token, which is not counted.
        int steps = result.finish() == Finish.STOP ? result.outputTokens() : result.outputTokens() - 1;
        if (steps > 0) {
            timePerOutputToken.record(result.decode().dividedBy(steps));
        }
    }

    @Override
    public void onFailed(Throwable failure) {
        String type = failure instanceof LocretException ours
                ? ours.id().id()
                : failure.getClass().getName();
        Counter.builder("locret.requests.failed")
                .description("Requests that ended without a result")
                .tags(tags.and("error.type", type))
                .register(registry)
                .increment();
    }
}
