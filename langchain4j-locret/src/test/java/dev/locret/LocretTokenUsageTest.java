package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.Test;

class LocretTokenUsageTest {
    private final LocretTokenUsage usage = new LocretTokenUsage(100, 20, 60);

    @Test
    void addsWhatWasCachedToo() {
        assertThat(TokenUsage.sum(usage, new LocretTokenUsage(10, 2, 5))).isEqualTo(new LocretTokenUsage(110, 22, 65));
        assertThat(usage.add(null)).isEqualTo(usage);
        assertThat(usage.add(new TokenUsage(1, 2))).isEqualTo(new LocretTokenUsage(101, 22, 60));
        assertThat(usage.add(new TokenUsage())).isEqualTo(usage);
    }

    @Test
    void isEqualOnlyToTheSameNumbers() {
        assertThat(usage).isNotEqualTo(new LocretTokenUsage(100, 20, 61)).isNotEqualTo(new TokenUsage(100, 20));
        assertThat(usage).hasSameHashCodeAs(new LocretTokenUsage(100, 20, 60));
        assertThat(usage)
                .hasToString("LocretTokenUsage{inputTokenCount=100, outputTokenCount=20, totalTokenCount=120,"
                        + " cachedInputTokenCount=60}");
    }
}
