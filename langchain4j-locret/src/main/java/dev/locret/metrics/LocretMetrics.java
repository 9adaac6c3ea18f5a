package dev.locret.metrics;

import dev.locret.common.Checks;
import dev.locret.engine.EngineStatus;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Micrometer meters of an engine: names and tags of OpenTelemetry's semantic conventions for generative AI where they
 * exist, {@code locret.*} for the rest. They tell sizes, times and the model's name, never a text. The application keeps
 * the engine: meters hold it weakly.
 *
 * <p>Needs {@code io.micrometer:micrometer-core}, which is optional. Bind it once to a registry; two engines with models
 * of the same name in one registry need tags that tell them apart.
 */
public final class LocretMetrics implements MeterBinder {
    private final LocretEngine engine;
    private final Tags tags;

    /** Meters without tags of the application's own. */
    public LocretMetrics(LocretEngine engine) {
        this(engine, List.of());
    }

    /**
     * @param tags put on every meter
     */
    public LocretMetrics(LocretEngine engine, Iterable<Tag> tags) {
        this.engine = Checks.notNull("engine", engine);
        this.tags = Tags.of(Checks.notNull("tags", tags)).and("gen_ai.request.model", engine.modelName());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindTotals(registry);
        bindQueue(registry);
        bindMemory(registry);
        engine.addEvents(new RequestMeters(registry, tags, engine.modelName()));
    }

    /** Counted by the engine since it was loaded, whenever the registry came. */
    private void bindTotals(MeterRegistry registry) {
        counter(
                registry,
                "locret.tokens.read",
                "Tokens of prompts and contexts that had to be read",
                t -> t.textTokens() - t.cachedTokens());
        counter(
                registry,
                "locret.tokens.reused",
                "Tokens of prompts and contexts that had been read before",
                EngineStatus.Totals::cachedTokens);
        counter(registry, "locret.tokens.generated", "Tokens of finished answers", EngineStatus.Totals::outputTokens);
        counter(
                registry,
                "locret.requests.started",
                "Requests and readings of contexts that got a cache",
                EngineStatus.Totals::started);
        counter(
                registry,
                "locret.requests.rejected",
                "Requests that found the queue full",
                EngineStatus.Totals::rejected);
        counter(
                registry,
                "locret.prefix.hits",
                "Requests that began with a text that had been read before",
                EngineStatus.Totals::reuses);
    }

    private void bindQueue(MeterRegistry registry) {
        gauge(registry, "locret.queue.waiting", null, "Requests that wait for a cache", s -> s.queue()
                .waiting());
        gauge(registry, "locret.queue.capacity", null, "Requests that may wait", s -> s.queue()
                .capacity());
        TimeGauge.builder("locret.queue.longest_wait", engine, TimeUnit.NANOSECONDS, e -> e.status()
                        .queue()
                        .longestWait()
                        .toNanos())
                .description("Time that the request has waited that came first")
                .tags(tags)
                .register(registry);
        gauge(registry, "locret.sessions.running", null, "Requests that have a cache", s -> s.queue()
                .running());
        gauge(registry, "locret.sessions.limit", null, "Requests that may run at once", s -> s.queue()
                .sessions());
    }

    private void bindMemory(MeterRegistry registry) {
        for (MemoryPlan.Part part : engine.memoryPlan().parts()) {
            Gauge.builder("locret.memory.planned", part, MemoryPlan.Part::bytes)
                    .strongReference(true)
                    .baseUnit("bytes")
                    .description("Memory that the engine takes, by what it is for")
                    .tags(tags.and("locret.memory.part", part.name()))
                    .register(registry);
        }
        gauge(
                registry,
                "locret.snapshots.count",
                null,
                "Copies of caches in memory, for prefixes and contexts",
                s -> s.snapshots().count());
        gauge(registry, "locret.snapshots.size", "bytes", "Memory of those copies", s -> s.snapshots()
                .bytes());
        gauge(registry, "locret.snapshots.capacity", "bytes", "Most memory that they may take", s -> s.snapshots()
                .capacityBytes());
        Gauge.builder("locret.contexts.count", engine, e -> e.contexts().count())
                .description("Texts that were read to be asked")
                .tags(tags)
                .register(registry);
    }

    private void counter(
            MeterRegistry registry, String name, String description, ToDoubleFunction<EngineStatus.Totals> value) {
        FunctionCounter.builder(
                        name, engine, e -> value.applyAsDouble(e.status().totals()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** A number of things has no unit: exporters would put it into the name once more. */
    private void gauge(
            MeterRegistry registry,
            String name,
            String unit,
            String description,
            ToDoubleFunction<EngineStatus> value) {
        Gauge.builder(name, engine, e -> value.applyAsDouble(e.status()))
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
