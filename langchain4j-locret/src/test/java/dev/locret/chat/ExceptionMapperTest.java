package dev.locret.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.TemplateRejection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExceptionMapperTest {
    private static final Map<ErrorId, Class<?>> SPECIAL = Map.of(
            ErrorId.INVALID_PROMPT, InvalidRequestException.class,
            ErrorId.INVALID_ARGUMENT, InvalidRequestException.class,
            ErrorId.GRAMMAR, UnsupportedFeatureException.class,
            ErrorId.UNKNOWN_CONTEXT, InvalidRequestException.class,
            ErrorId.TIMEOUT, TimeoutException.class,
            ErrorId.QUEUE_FULL, RateLimitException.class);

    @ParameterizedTest
    @EnumSource
    void keepsMessageAndCause(ErrorId id) {
        LocretException error = new LocretException(id, "what: value=1");

        LangChain4jException mapped = ExceptionMapper.map(error);

        assertThat(mapped)
                .isExactlyInstanceOf(SPECIAL.getOrDefault(id, InternalServerException.class))
                .hasMessageStartingWith("what: value=1")
                .hasCause(error);
    }

    @Test
    void givesTheTemplatesOwnWords() {
        TemplateRejection rejection =
                new TemplateRejection("Conversation roles must alternate", 3, "tokenizer_config.json");

        assertThat(ExceptionMapper.map(rejection))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("Conversation roles must alternate")
                .hasCause(rejection);
    }

    @Test
    void lets_LangChain4j_retry_only_what_may_change() {
        assertThat(ExceptionMapper.map(new LocretException(ErrorId.QUEUE_FULL, "full")))
                .isInstanceOf(RetriableException.class);
        assertThat(ExceptionMapper.map(new LocretException(ErrorId.INVALID_PROMPT, "empty")))
                .isInstanceOf(NonRetriableException.class);
    }
}
