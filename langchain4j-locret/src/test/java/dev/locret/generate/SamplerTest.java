package dev.locret.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.SamplingSpec;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static SamplingParameters penalised() {
        return new SamplingParameters(0.5, 40, 0.9, 0.05, 1.1, 0.2, 0.3, 42L);
    }

    @Test
    void parametersReachTheDevice() {
        SamplingSpec spec = new Sampler(penalised(), new int[] {9, 7, 9}).next(new long[] {5});
        assertThat(spec)
                .usingRecursiveComparison()
                .isEqualTo(new SamplingSpec(
                        0.5f, 40, 0.9f, 0.05f, 1.1f, 0.2f, 0.3f, new int[] {7, 9}, new int[] {1, 2}, 42, 0, new long[] {
                            5
                        }));
    }

    @Test
    void penaltiesCountTheLast64TokensOfPromptAndAnswer() {
        Sampler sampler = new Sampler(penalised(), IntStream.range(0, 100).toArray());
        assertThat(sampler.next(null).seenTokens())
                .containsExactly(IntStream.range(36, 100).toArray());
        sampler.accept(99);
        SamplingSpec next = sampler.next(null);
        assertThat(next.step()).isEqualTo(1);
        assertThat(next.seenTokens()).containsExactly(IntStream.range(37, 100).toArray());
        assertThat(next.seenCounts()).endsWith(1, 2);
    }

    @Test
    void withoutPenaltiesNothingIsCounted() {
        assertThat(new Sampler(SamplingParameters.GREEDY, new int[] {1, 2})
                        .next(null)
                        .seenTokens())
                .isEmpty();
    }

    @Test
    void seedsAreTakenOrDrawn() {
        assertThat(new Sampler(penalised(), new int[] {1}).seed()).isEqualTo(42);
        SamplingParameters drawn = SamplingParameters.GREEDY;
        assertThat(new Sampler(drawn, new int[] {1}).seed()).isNotEqualTo(new Sampler(drawn, new int[] {1}).seed());
    }

    @Test
    void valuesOutsideTheirRangesAreRefused() {
        assertRefused(
                () -> new SamplingParameters(-0.1, 0, 1, 0, 1, 0, 0, null),
                "temperature out of range: temperature=-0.1, allowed=0..1000");
        assertRefused(
                () -> new SamplingParameters(Double.NaN, 0, 1, 0, 1, 0, 0, null),
                "temperature out of range: temperature=NaN, allowed=0..1000");
        assertRefused(
                () -> new SamplingParameters(0, -1, 1, 0, 1, 0, 0, null),
                "top-k out of range: top-k=-1, allowed=0..2147483647");
        assertRefused(
                () -> new SamplingParameters(0, 0, 0, 0, 1, 0, 0, null),
                "top-p out of range: top-p=0.0, allowed=above 0..1");
        assertRefused(
                () -> new SamplingParameters(0, 0, 1.1, 0, 1, 0, 0, null),
                "top-p out of range: top-p=1.1, allowed=above 0..1");
        assertRefused(
                () -> new SamplingParameters(0, 0, 1, 2, 1, 0, 0, null), "min-p out of range: min-p=2.0, allowed=0..1");
        assertRefused(
                () -> new SamplingParameters(0, 0, 1, 0, 0, 0, 0, null),
                "repetition-penalty out of range: repetition-penalty=0.0, allowed=above 0..1000");
        assertRefused(
                () -> new SamplingParameters(0, 0, 1, 0, 1, Double.NaN, 0, null),
                "presence-penalty out of range: presence-penalty=NaN, allowed=-1000..1000");
        assertRefused(
                () -> new SamplingParameters(0, 0, 1, 0, 1, 0, 1e9, null),
                "frequency-penalty out of range: frequency-penalty=1.0E9, allowed=-1000..1000");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INVALID_ARGUMENT))
                .hasMessage(message);
    }
}
