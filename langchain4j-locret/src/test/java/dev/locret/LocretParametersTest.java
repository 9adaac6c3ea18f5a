package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.locret.chat.RequestListener;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocretParametersTest {
    private static final RequestListener LISTENER = new RequestListener() {};

    private final LocretChatRequestParameters all = LocretChatRequestParameters.builder()
            .modelName("m")
            .temperature(0.5)
            .topP(0.9)
            .topK(40)
            .frequencyPenalty(0.1)
            .presencePenalty(0.2)
            .maxOutputTokens(7)
            .stopSequences("x")
            .minP(0.05)
            .repetitionPenalty(1.1)
            .seed(3L)
            .evictionPolicy("keydiff")
            .cacheBudget(128)
            .questionAware(true)
            .context("contract-42")
            .think(true)
            .timeout(Duration.ofSeconds(5))
            .priority(2)
            .requestListener(LISTENER)
            .build();

    @Test
    void areOverriddenFieldByField() {
        ChatRequestParameters request =
                ChatRequestParameters.builder().temperature(0.7).build();
        LocretChatRequestParameters own = LocretChatRequestParameters.builder()
                .minP(0.1)
                .seed(9L)
                .evictionPolicy("none")
                .build();

        LocretChatRequestParameters merged = all.overrideWith(request).overrideWith(own);

        assertThat(merged)
                .isEqualTo(LocretChatRequestParameters.builder()
                        .overrideWith(all)
                        .temperature(0.7)
                        .minP(0.1)
                        .seed(9L)
                        .evictionPolicy("none")
                        .build());
        assertThat(merged.repetitionPenalty()).isEqualTo(1.1);
        assertThat(merged.topK()).isEqualTo(40);
        assertThat(merged.cacheBudget()).isEqualTo(128);
        assertThat(merged.requestListener()).isSameAs(LISTENER);
        assertThat(merged.context()).isEqualTo("contract-42");
        RequestListener other = new RequestListener() {};
        assertThat(all.overrideWith(LocretChatRequestParameters.builder()
                        .cacheBudget(64)
                        .questionAware(false)
                        .context("minutes")
                        .think(false)
                        .timeout(Duration.ofSeconds(9))
                        .priority(-1)
                        .requestListener(other)
                        .build()))
                .isEqualTo(LocretChatRequestParameters.builder()
                        .overrideWith(all)
                        .cacheBudget(64)
                        .questionAware(false)
                        .context("minutes")
                        .think(false)
                        .timeout(Duration.ofSeconds(9))
                        .priority(-1)
                        .requestListener(other)
                        .build());
        assertThat(own.defaultedBy(all)).isEqualTo(all.overrideWith(own));
        assertThat(all.overrideWith(LocretChatRequestParameters.EMPTY))
                .isEqualTo(all)
                .hasSameHashCodeAs(all)
                .hasToString(all.toString());
        assertThat(all).isNotEqualTo(merged);
        assertThat(LocretChatRequestParameters.of(DefaultChatRequestParameters.EMPTY))
                .isEqualTo(LocretChatRequestParameters.EMPTY);
        assertThat(all.toString())
                .contains(
                        "minP=0.05",
                        "repetitionPenalty=1.1",
                        "seed=3",
                        "evictionPolicy=keydiff",
                        "cacheBudget=128",
                        "questionAware=true")
                .contains(
                        "context=contract-42",
                        "think=true",
                        "timeout=PT5S",
                        "priority=2",
                        "requestListener=" + LISTENER);
    }

    @Test
    void becomeSampling() {
        assertThat(Parameters.sampling(all)).isEqualTo(new SamplingParameters(0.5, 40, 0.9, 0.05, 1.1, 0.2, 0.1, 3L));
        assertThat(Parameters.sampling(LocretChatRequestParameters.EMPTY)).isEqualTo(SamplingParameters.GREEDY);
        assertThat(Parameters.sampling(
                                LocretChatRequestParameters.builder().seed(3L).build())
                        .temperature())
                .isEqualTo(1);
        assertThat(Parameters.sampling(
                                LocretChatRequestParameters.builder().topP(0.5).build())
                        .temperature())
                .isEqualTo(1);
        assertThat(Parameters.sampling(LocretChatRequestParameters.builder()
                                .topK(5)
                                .temperature(0.0)
                                .build())
                        .temperature())
                .isZero();
    }

    @Test
    void metadataCopyWhole() {
        LocretChatResponseMetadata metadata = LocretChatResponseMetadata.builder()
                .id("1")
                .modelName("m")
                .tokenUsage(new TokenUsage(3, 4))
                .finishReason(FinishReason.STOP)
                .promptTokensRead(3)
                .entriesKept(2)
                .entriesEvicted(60)
                .policy("locret")
                .cacheBytes(4096)
                .questionAware(true)
                .queueDuration(Duration.ofMillis(1))
                .prefillDuration(Duration.ofMillis(2))
                .decodeDuration(Duration.ofMillis(3))
                .build();

        assertThat(metadata.toBuilder().build())
                .isEqualTo(metadata)
                .hasSameHashCodeAs(metadata)
                .hasToString(metadata.toString());
        assertThat(metadata.toBuilder().entriesKept(1).build()).isNotEqualTo(metadata);
        assertThat(metadata.toString())
                .contains(
                        "promptTokensRead=3", "entriesKept=2", "entriesEvicted=60", "policy=locret", "cacheBytes=4096");
    }
}
