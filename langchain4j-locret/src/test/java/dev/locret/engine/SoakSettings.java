package dev.locret.engine;

import java.time.Duration;

/**
 * How long {@link EngineStressTest} runs, and with how many clients: {@code -Dlocret.soak=300 -Dlocret.soak.clients=64}
 * for five minutes.
 *
 * @param duration of all rounds together
 * @param clients that ask at once
 */
record SoakSettings(Duration duration, int clients) {
    private static final int DEFAULT_SECONDS = 30;
    private static final int DEFAULT_CLIENTS = 64;
    private static final int LONGEST_ROUND_SECONDS = 15;

    static SoakSettings ofSystemProperties() {
        return new SoakSettings(
                Duration.ofSeconds(Integer.getInteger("locret.soak", DEFAULT_SECONDS)),
                Integer.getInteger("locret.soak.clients", DEFAULT_CLIENTS));
    }

    /** Engines that are loaded and closed one after the other, at least four. */
    int rounds() {
        return (int) Math.max(4, duration.toSeconds() / LONGEST_ROUND_SECONDS);
    }

    Duration round() {
        return duration.dividedBy(rounds());
    }
}
