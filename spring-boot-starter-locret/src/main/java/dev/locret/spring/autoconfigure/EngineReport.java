package dev.locret.spring.autoconfigure;

import dev.locret.engine.ContextInfo;
import dev.locret.engine.EngineStatus;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import dev.locret.spring.autoconfigure.EngineLifecycle.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What Actuator shows of an engine: sizes, counts and names, never a text. None of it loads a model. */
final class EngineReport {
    private EngineReport() {}

    /** Where the model is: {@code not-loaded}, {@code loading}, {@code ready}, {@code failed} or {@code closed}. */
    static String state(State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** State, device, memory and queue. */
    static Map<String, Object> health(EngineLifecycle lifecycle) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", state(lifecycle.state()));
        lifecycle.failure().ifPresent(failure -> details.put("error", String.valueOf(failure.getMessage())));
        lifecycle.ready().ifPresent(engine -> {
            details.put("device", engine.describe());
            details.put("memory", memory(engine.memoryPlan()));
            details.put("queue", queue(engine.status().queue()));
        });
        return details;
    }

    /** What was loaded, which stays as it is. */
    static Map<String, Object> info(EngineLifecycle lifecycle) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", state(lifecycle.state()));
        lifecycle.ready().ifPresent(engine -> {
            details.put("model", engine.modelName());
            details.put("device", engine.describe());
            details.put("policy", engine.policyName());
            details.put("cacheBudget", engine.cachePlan().budget());
            details.put("chunkSize", engine.cachePlan().chunkSize());
            details.put("kvCacheType", engine.cachePlan().type().toString());
        });
        return details;
    }

    /** All of that, contexts, and what was done since the load. */
    static Map<String, Object> everything(EngineLifecycle lifecycle) {
        Map<String, Object> details = info(lifecycle);
        details.putAll(health(lifecycle));
        lifecycle.ready().ifPresent(engine -> {
            EngineStatus status = engine.status();
            details.put("totals", totals(status.totals()));
            details.put(
                    "cachedPrefixes",
                    Map.of(
                            "count", status.snapshots().count(),
                            "bytes", status.snapshots().bytes(),
                            "capacityBytes", status.snapshots().capacityBytes()));
            details.put("contexts", contexts(engine));
        });
        return details;
    }

    private static Map<String, Object> memory(MemoryPlan plan) {
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("plannedBytes", plan.totalBytes());
        memory.put("freeBytes", plan.availableBytes() - plan.totalBytes());
        plan.parts().forEach(part -> memory.put(part.name(), part.bytes()));
        return memory;
    }

    private static Map<String, Object> queue(EngineStatus.Queue queue) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("running", queue.running());
        details.put("sessions", queue.sessions());
        details.put("waiting", queue.waiting());
        details.put("capacity", queue.capacity());
        details.put("longestWaitMillis", queue.longestWait().toMillis());
        return details;
    }

    private static Map<String, Object> totals(EngineStatus.Totals totals) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("started", totals.started());
        details.put("finished", totals.finished());
        details.put("failed", totals.failed());
        details.put("rejected", totals.rejected());
        details.put("textTokens", totals.textTokens());
        details.put("cachedTokens", totals.cachedTokens());
        details.put("outputTokens", totals.outputTokens());
        return details;
    }

    private static List<Map<String, Object>> contexts(LocretEngine engine) {
        return engine.contexts().list().stream().map(EngineReport::context).toList();
    }

    private static Map<String, Object> context(ContextInfo context) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("name", context.name());
        details.put("policy", context.policy());
        details.put("cacheBudget", context.cacheBudget());
        details.put("tokens", context.tokens());
        details.put("entriesKept", context.entriesKept());
        details.put("entriesEvicted", context.entriesEvicted());
        details.put("bytes", context.bytes());
        return details;
    }
}
