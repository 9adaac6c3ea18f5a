package dev.locret.spring.autoconfigure;

import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Sessions, contexts and use of caches by model. What changes something is for those who set {@code
 * management.endpoint.locret.access=unrestricted}.
 */
@Endpoint(id = "locret", defaultAccess = Access.READ_ONLY)
public final class LocretEndpoint {
    private final List<EngineLifecycle> engines;

    LocretEndpoint(List<EngineLifecycle> engines) {
        this.engines = engines;
    }

    /** All models by name; the one without a name is {@code default}. */
    @ReadOperation
    public Map<String, Object> models() {
        Map<String, Object> models = new LinkedHashMap<>();
        engines.forEach(engine -> models.put(engine.name(), EngineReport.everything(engine)));
        return models;
    }

    /** One model, or null, which is an answer of 404, if there is none of that name. */
    @ReadOperation
    public Map<String, Object> model(@Selector String model) {
        return find(model).map(EngineReport::everything).orElse(null);
    }

    /** Forgets a context and deletes its file; tells whether there was one. */
    @DeleteOperation
    public Map<String, Object> removeContext(@Selector String model, @Selector String context) {
        Optional<LocretEngine> engine = find(model).flatMap(EngineLifecycle::ready);
        try {
            boolean removed =
                    engine.map(ready -> ready.contexts().remove(context)).orElse(false);
            return Map.of("removed", removed);
        } catch (LocretException e) {
            throw new InvalidEndpointRequestException(e.getMessage(), e.getMessage());
        }
    }

    private Optional<EngineLifecycle> find(String model) {
        return engines.stream().filter(engine -> engine.name().equals(model)).findFirst();
    }
}
