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
    /** The tag is on every timer of the name, as Prometheus wants it; Spring writes the same word. */
    private static final String NO_ERROR = "none";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Tags genAi;
    private final DistributionSummary inputTokens;
    private final DistributionSummary outputTokens;
    private final Timer timeToFirstToken;
    private final Timer timePerOutputToken;
    private final Timer queueTime;
    private final DistributionSummary keptEntries;
    private final DistributionSummary evictedEntries;

    RequestMeters(MeterRegistry registry, Tags tags, String model) {
        this.registry = registry;
        this.tags = tags;
        // The keys of LangChain4j's own listener: Prometheus wants one set of keys for a name.
        this.genAi = tags.and(
                "gen_ai.operation.name", "chat", "gen_ai.provider.name", "locret", "gen_ai.response.model", model);
        this.inputTokens = tokenUsage("input");
        this.outputTokens = tokenUsage("output");
        this.timeToFirstToken =
                timer("gen_ai.server.time_to_first_token", "Time until an answer begins, queue included", genAi);
        this.timePerOutputToken =
                timer("gen_ai.server.time_per_output_token", "Mean time of an answer's tokens after its first", genAi);
        this.queueTime = timer("locret.queue.time", "Time in the queue", tags);
        this.keptEntries = entries("locret.cache.entries.kept", "Entries of the fullest KV head after the prompt");
        this.evictedEntries =
                entries("locret.cache.entries.evicted", "Entries dropped by a request, over all layers and KV heads");
        requestDuration(NO_ERROR);
    }

    private Timer requestDuration(String error) {
        return timer(
                "gen_ai.server.request.duration",
                "Time of a request to its end or failure, queue included",
                genAi.and("error.type", error));
    }

    private DistributionSummary tokenUsage(String type) {
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
        requestDuration(NO_ERROR).record(untilAnswer.plus(result.decode()));
        keptEntries.record(result.entriesKept());
        evictedEntries.record(result.entriesEvicted() - result.copiedEvicted());
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
    public void onFailed(Throwable failure, Duration passed) {
        String type = failure instanceof LocretException ours
                ? ours.id().id()
                : failure.getClass().getName();
        requestDuration(type).record(passed);
        Counter.builder("locret.requests.failed")
                .description("Requests that ended without a result")
                .tags(tags.and("error.type", type))
                .register(registry)
                .increment();
    }
}
