package dev.locret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LocretModelBuilderTest {
    static Stream<Arguments> outOfRange() {
        return Stream.of(
                bad(b -> b.temperature(-0.1), "temperature out of range: temperature=-0.1, allowed=0..100"),
                bad(b -> b.temperature(Double.NaN), "temperature out of range: temperature=NaN, allowed=0..100"),
                bad(b -> b.topP(1.1), "top-p out of range: top-p=1.1, allowed=0..1"),
                bad(b -> b.topK(-1), "top-k out of range: top-k=-1, allowed=0..2147483647"),
                bad(b -> b.minP(2.0), "min-p out of range: min-p=2.0, allowed=0..1"),
                bad(
                        b -> b.repetitionPenalty(0.0),
                        "repetition-penalty out of range: repetition-penalty=0.0, allowed=0.01..100"),
                bad(
                        b -> b.presencePenalty(101.0),
                        "presence-penalty out of range: presence-penalty=101.0, allowed=-100..100"),
                bad(
                        b -> b.frequencyPenalty(-101.0),
                        "frequency-penalty out of range: frequency-penalty=-101.0, allowed=-100..100"),
                bad(
                        b -> b.maxOutputTokens(0),
                        "max-output-tokens out of range: max-output-tokens=0, allowed=1..2147483647"),
                bad(b -> b.stopSequences(List.of("a", "")), "stop has an empty text, which is everywhere: stop=[a, ]"),
                bad(b -> b.timeout(Duration.ZERO), "timeout must be positive: timeout=PT0S"));
    }

    private static Arguments bad(Consumer<LocretChatModel.LocretChatModelBuilder> setting, String message) {
        return Arguments.of(setting, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("outOfRange")
    void namesAValueOutOfRange(Consumer<LocretChatModel.LocretChatModelBuilder> setting, String message) {
        LocretChatModel.LocretChatModelBuilder builder =
                LocretChatModel.builder().engine(DemoEngine.shared());
        setting.accept(builder);

        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INVALID_ARGUMENT))
                .hasMessage(message);
    }

    @Test
    void needsAModel() {
        assertThatThrownBy(() -> LocretChatModel.builder().build())
                .isInstanceOf(LocretException.class)
                .hasMessage("model-path is missing: model-path=null, engine=null");
    }

    @Test
    void doesNotIgnoreSettingsThatASharedEngineCannotTake() {
        assertThatThrownBy(() -> LocretStreamingChatModel.builder()
                        .engine(DemoEngine.shared())
                        .modelPath(DemoModel.path())
                        .cacheBudget(1024)
                        .threads(null)
                        .build())
                .isInstanceOf(LocretException.class)
                .hasMessage("a shared engine is loaded already, so these cannot be set with it: modelPath cacheBudget");
    }

    @Test
    void namesUnknownRopeFactors() {
        assertThatThrownBy(() -> LocretChatModel.builder()
                        .modelPath(DemoModel.path())
                        .ropeFactors("short")
                        .build())
                .isInstanceOf(LocretException.class)
                .hasMessage("unknown rope-factors: rope-factors=short, allowed=long, auto");
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> LocretChatModel.builder()
                        .modelPath(Path.of("no-such-model.gguf"))
                        .build())
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE))
                .hasMessageContaining("no-such-model.gguf");
        assertThatThrownBy(() -> LocretChatModel.builder().modelPath("hf:only-a-name"))
                .isInstanceOf(LocretException.class)
                .hasMessageContaining("hf:only-a-name");
    }

    @Test
    void letsFrameworksReplaceTheBuilders() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new OtherFactories(before));
        try {
            assertThat(LocretChatModel.builder()).isInstanceOf(OtherFactories.OtherBuilder.class);
            assertThat(LocretStreamingChatModel.builder()).isInstanceOf(OtherFactories.OtherStreamingBuilder.class);
        } finally {
            thread.setContextClassLoader(before);
        }
        assertThat(LocretChatModel.builder()).isExactlyInstanceOf(LocretChatModel.LocretChatModelBuilder.class);
    }
}
