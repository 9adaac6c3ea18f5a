package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Turns an answer that is not the wanted one into an error: one that may pass, or one for good. */
final class HubStatus {
    private final HubConfig config;
    private final Clock clock;

    HubStatus(HubConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /**
     * The error for {@code answer}, whose body is closed.
     *
     * @param what names what was asked for
     * @return the failure to throw when another attempt may help
     * @throws LocretException {@link ErrorId#DOWNLOAD} when none would
     */
    TransientFailure failure(HttpResponse<TimedBody> answer, ModelSource.Hub source, String what) {
        answer.body().close();
        int status = answer.statusCode();
        String told = "hub: answered " + status;
        if (status == 408 || status == 429 || status >= 500) {
            return new TransientFailure("answered " + status, null, retryAfter(answer), false);
        }
        String advice =
                switch (status) {
                    case 401 ->
                        config.token().isPresent()
                                ? " (the token was refused, or there is no such repository)"
                                : " (private or gated, or there is no such repository; set HF_TOKEN)";
                    case 403 ->
                        " (access is not granted; accept the terms of " + config.endpoint() + "/" + source.repository()
                                + " with the account of HF_TOKEN)";
                    case 404 -> " (no such repository, revision or file)";
                    default -> "";
                };
        throw new LocretException(ErrorId.DOWNLOAD, told + advice + ": " + what);
    }

    /** Seconds or a date; zero where it is absent, past or unreadable. */
    private Duration retryAfter(HttpResponse<?> answer) {
        Optional<String> header = answer.headers().firstValue("Retry-After").map(String::strip);
        if (header.isEmpty()) {
            return Duration.ZERO;
        }
        if (header.get().matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(header.get()));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(header.get(), DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.between(clock.instant(), date.toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
