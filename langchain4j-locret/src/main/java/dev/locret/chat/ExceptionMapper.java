package dev.locret.chat;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.locret.common.LocretException;
import dev.locret.text.TemplateRejection;

/** Turns errors of the engine into those that users of LangChain4j catch; the cause stays attached. */
public final class ExceptionMapper {
    private ExceptionMapper() {}

    /** A schema that nothing can be held to. */
    private static UnsupportedFeatureException unsupported(LocretException error) {
        UnsupportedFeatureException unsupported =
                new UnsupportedFeatureException(error.getMessage() + ": not supported by Locret");
        unsupported.initCause(error);
        return unsupported;
    }

    /**
     * The exception of LangChain4j that says the same, so that its retries do the right thing: what the request is at
     * fault for is not retried, a full queue is. A refusal by the chat template carries the template's own words.
     */
    public static LangChain4jException map(LocretException error) {
        if (error instanceof TemplateRejection rejection) {
            return new InvalidRequestException(rejection.words(), rejection);
        }
        String message = error.getMessage();
        return switch (error.id()) {
            case INVALID_PROMPT, INVALID_ARGUMENT, UNKNOWN_CONTEXT -> new InvalidRequestException(message, error);
            case GRAMMAR -> unsupported(error);
            case TIMEOUT -> new TimeoutException(message, error);
            case QUEUE_FULL -> new RateLimitException(message, error);
            default -> new InternalServerException(message, error);
        };
    }
}
