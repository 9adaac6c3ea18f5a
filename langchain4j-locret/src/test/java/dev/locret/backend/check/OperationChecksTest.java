package dev.locret.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backends;
import dev.locret.testing.EmulatedCuda;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The matrix of operations on the emulated card, with late streams and shuffled threads, and with every access checked;
 * at once it is run by {@code DoctorCommandTest}.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class OperationChecksTest {
    @ParameterizedTest
    @ValueSource(strings = {"late", "checked"})
    void theCardComputesWhatTheCpuDoes(String mode) {
        EmulatedCuda emulation = EmulatedCuda.install();
        if (mode.equals("late")) {
            emulation.strict().order(5);
        } else {
            emulation.check();
        }
        List<String> wrong = new ArrayList<>();
        List<OperationCheck> checks = DeviceCheck.all();
        DeviceCheck.run(checks, () -> Backends.open("cuda", 1), result -> {
            if (!result.ok()) {
                wrong.add(result.operation() + " " + result.size() + ": " + result.problem());
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(checks).hasSizeGreaterThan(150);
    }
}
