package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void stackTracesInMessagesAreLeftOut() {
        Exception inner = new IllegalStateException("no such file: m\n\tat a.b.C(C.java:1)");
        Exception outer = new RuntimeException("no such file: m\nDriver stacktrace:", inner);
        assertThat(Failures.inShort(new RuntimeException("task failed", outer)))
                .isEqualTo("task failed; no such file: m");
        assertThat(Failures.inShort(new NullPointerException())).isEqualTo("java.lang.NullPointerException");
    }
}
