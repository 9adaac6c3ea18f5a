package dev.locret.spring.autoconfigure;

import dev.locret.spring.autoconfigure.EngineLifecycle.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Health of all engines, without Boot's types, which have moved. A busy engine is well: requests that wait and long texts
 * that are read are what it is for.
 *
 * @param status name of Boot's status: {@code UP}, {@code OUT_OF_SERVICE} while a model loads in the background, {@code
 *     DOWN} if one cannot be loaded
 * @param details of the engine, or of each by its name
 */
record EngineHealth(String status, Map<String, Object> details) {
    static EngineHealth of(List<EngineLifecycle> engines) {
        if (engines.size() == 1) {
            return new EngineHealth(status(engines.get(0)), EngineReport.health(engines.get(0)));
        }
        Map<String, Object> details = new LinkedHashMap<>();
        String worst = "UP";
        for (EngineLifecycle engine : engines) {
            details.put(engine.name(), EngineReport.health(engine));
            String status = status(engine);
            worst = worst.equals("DOWN") || status.equals("UP") ? worst : status;
        }
        return new EngineHealth(worst, details);
    }

    private static String status(EngineLifecycle engine) {
        State state = engine.state();
        return switch (state) {
            case READY, NOT_LOADED -> "UP";
            case LOADING -> engine.holdsTraffic() ? "OUT_OF_SERVICE" : "UP";
            case FAILED -> "DOWN";
            case CLOSED -> "OUT_OF_SERVICE";
        };
    }
}
