package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import org.junit.jupiter.api.Test;

/** Whatever Java this runs on. */
class KernelChoiceTest {
    @Test
    void saysHowToGetTheFastKernelsOnThisVeryJava() {
        assertThat(KernelProvider.cure(true)).isEqualTo("start Java with --add-modules jdk.incubator.vector");
        assertThat(KernelProvider.cure(false))
                .isEqualTo("this Java was built without the module jdk.incubator.vector, take a full JDK");
    }

    @Test
    void takesWhatIsForcedAndRefusesWhatItDoesNotKnow() {
        assertThat(KernelProvider.choose("fallback")).isInstanceOf(FallbackKernels.class);
        assertThatThrownBy(() -> KernelProvider.choose("avx"))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INVALID_ARGUMENT))
                .hasMessage("unknown kernels: locret.kernels=avx, allowed=vector, fallback");
    }
}
