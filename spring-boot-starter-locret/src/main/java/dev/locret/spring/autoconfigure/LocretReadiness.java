package dev.locret.spring.autoconfigure;

import java.util.List;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;

/**
 * Keeps traffic away while models load in the background. Boot accepts traffic when an application has started, whatever
 * goes on in it, so this takes it back at that moment, and gives it when the models are there.
 */
final class LocretReadiness implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {
    private final List<EngineLifecycle> engines;
    private final ApplicationEventPublisher publisher;
    private boolean refusing;
    /** Whether somebody else refuses, such as an application that shuts down. */
    private boolean refusedByOthers;

    LocretReadiness(List<EngineLifecycle> engines, ApplicationEventPublisher publisher) {
        this.engines = engines;
        this.publisher = publisher;
        engines.forEach(lifecycle -> lifecycle.whenReady(engine -> accept()));
    }

    @Override
    public synchronized void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
        if (event.getSource() == this) {
            return;
        }
        refusedByOthers = event.getState() == ReadinessState.REFUSING_TRAFFIC;
        if (!refusedByOthers && engines.stream().anyMatch(EngineLifecycle::holdsTraffic)) {
            refusing = true;
            publish(ReadinessState.REFUSING_TRAFFIC);
        }
    }

    private synchronized void accept() {
        if (refusing && engines.stream().noneMatch(EngineLifecycle::holdsTraffic)) {
            refusing = false;
            if (!refusedByOthers) {
                publish(ReadinessState.ACCEPTING_TRAFFIC);
            }
        }
    }

    private void publish(ReadinessState state) {
        publisher.publishEvent(new AvailabilityChangeEvent<>(this, state));
    }
}
