package dev.locret.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.EmulatedCuda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That a check finds what is wrong, and that the rest goes on. */
class DeviceCheckTest {
    @Test
    void anOperationThatDoesNothingIsFound() {
        List<CheckResult> results = DeviceCheck.run("silu", () -> without("silu"), result -> {});
        assertThat(results).hasSizeGreaterThan(4);
        for (CheckResult each : results) {
            boolean whole = each.operation().equals("silu");
            assertThat(each.ok()).as(each.toString()).isEqualTo(!whole);
            assertThat(each.problem() == null ? "" : each.problem())
                    .matches(whole ? "wrong result: error=[0-9.e+-]+, bound=1\\.00e-05" : "");
        }
    }

    /** The CPU, but for one operation on its rows. */
    private static Backend without(String operation) {
        CpuBackend cpu = new CpuBackend(1, "fallback");
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(operation)) {
                        return null;
                    }
                    try {
                        return method.invoke(cpu, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void anOperationThatLosesTheDeviceDoesNotEndTheOthers() {
        EmulatedCuda emulation = EmulatedCuda.install();
        List<String> told = new ArrayList<>();
        List<CheckResult> results = DeviceCheck.run("gelu", () -> Backends.open("cuda", 1), result -> {
            told.add(result.size());
            if (told.size() == 1) {
                emulation.failAt(2, 700);
            }
        });
        assertThat(results).extracting(CheckResult::ok).containsExactly(true, false, true, true);
        assertThat(results.get(1).problem())
                .startsWith("device-failed: cuda: ")
                .endsWith("CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        assertThat(results.get(1).error()).isNull();
        assertThat(told).containsExactly("1x1", "3x31", "33x129", "2x4097");
    }
}
