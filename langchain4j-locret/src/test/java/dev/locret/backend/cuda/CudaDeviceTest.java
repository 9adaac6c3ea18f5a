package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backends;
import dev.locret.backend.Matrix;
import dev.locret.backend.check.CheckResult;
import dev.locret.backend.check.DeviceCheck;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.EmulatedCuda;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening and losing a device. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaDeviceTest {
    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    private static void fails(ThrowingCallable call, ErrorId id, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }

    @Test
    void isOpenedByNameAndFreesEverything() {
        long before = emulation.allocations();
        try (CudaBackend backend = (CudaBackend) Backends.open("cuda:0", 1)) {
            assertThat(backend.describe()).isEqualTo("cuda:0, Emulated CUDA device, sm_80");
            backend.allocate("something", 1000);
            assertThat(emulation.allocations()).isGreaterThan(before);
        }
        assertThat(emulation.allocations()).isEqualTo(before);
    }

    @Test
    void devicesThatAreNotThereOrTooOldAreRefused() {
        fails(
                () -> Backends.open("cuda:1", 1),
                ErrorId.DEVICE_UNAVAILABLE,
                "cuda: no such device: device=cuda:1, devices=1");
        fails(
                () -> Backends.open("cuda:-1", 1),
                ErrorId.DEVICE_UNAVAILABLE,
                "unknown device: device=cuda:-1, allowed=auto, cpu, cuda, cuda:N");
        emulation.devices(0);
        fails(() -> CudaBackend.open(0), ErrorId.DEVICE_UNAVAILABLE, "cuda: cuInit failed: CUDA_ERROR_NO_DEVICE (100)");
        emulation.devices(2).capability(60);
        fails(
                () -> CudaBackend.open(1),
                ErrorId.DEVICE_UNAVAILABLE,
                "cuda: device too old: Emulated CUDA device is sm_60, needed is sm_75 (Turing) or newer");
    }

    /** A chip newer than the compiler, and a driver older than it: the driver compiles PTX. */
    @ParameterizedTest
    @ValueSource(strings = {"newer chip", "older driver"})
    void whereMachineCodeCannotBeHadPtxIsTaken(String reason) {
        if (reason.equals("newer chip")) {
            emulation.capability(121);
        } else {
            emulation.driverVersion(12020).refuseMachineCode();
        }
        List<CheckResult> results = DeviceCheck.run("silu", () -> CudaBackend.open(0), result -> {});
        assertThat(results).hasSizeGreaterThan(3).allSatisfy(each -> assertThat(each.problem())
                .isNull());
    }

    @Test
    void aDriverThatIsTooOldForTheCompilerSaysWhatHelps() {
        emulation.driverVersion(12020).refuseCode();
        long before = emulation.allocations();
        fails(
                () -> CudaBackend.open(0),
                ErrorId.DEVICE_UNAVAILABLE,
                "cuda: the driver is too old for this compiler: driver=12.2, nvrtc=12.9,"
                        + " CUDA_ERROR_UNSUPPORTED_PTX_VERSION (install a newer driver, or"
                        + " pip install 'nvidia-cuda-nvrtc-cu12==12.2.*')");
        assertThat(emulation.allocations()).isEqualTo(before);
    }

    @Test
    void memoryHasAnEnd() {
        emulation.memoryBytes(64 << 20);
        try (CudaBackend backend = CudaBackend.open(0)) {
            long left = backend.availableBytes();
            assertThat(left).isBetween(20L << 20, 32L << 20);
            fails(
                    () -> backend.allocate("large", left / 4 + 1),
                    ErrorId.NOT_ENOUGH_MEMORY,
                    "cuda: no memory left: buffer='large', needed=" + (left + 4) + " bytes, available=" + left);
            backend.allocate("fits", left / 4);
            assertThat(backend.availableBytes()).isZero();
        }
    }

    @Test
    void headDimensionsWithoutKernelAreRefused() {
        try (CudaBackend backend = CudaBackend.open(0)) {
            AttentionSpec wide = new AttentionSpec(8, 4, 256, 1, PositionMode.CACHE);
            String message =
                    "cuda: no kernel for this head dimension: head-dim=256, allowed=1..128 (device=cpu has no limit)";
            fails(() -> backend.attentionBytes(wide, 10, 100), ErrorId.MODEL_UNSUPPORTED, message);
            fails(() -> backend.reserveAttention(wide, 10, 100), ErrorId.MODEL_UNSUPPORTED, message);
        }
    }

    @Test
    void afterAnErrorOfAKernelOnlyANewContextWorks() {
        long before = emulation.allocations();
        CudaBackend backend = CudaBackend.open(0);
        Matrix small = Matrix.of(backend.allocate("small", 8), 8);
        // More columns than there are: a bug, as far as the device can tell.
        Matrix lies = new Matrix(small.buffer(), 0, 5000, 5000);
        assertThatThrownBy(() -> {
                    backend.silu(lies, 1);
                    backend.takeFault();
                })
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.DEVICE_FAILED))
                .hasMessage("cuda: kernel silu_rows failed: CUDA_ERROR_LAUNCH_FAILED (719)");
        fails(
                () -> backend.allocate("more", 1),
                ErrorId.DEVICE_FAILED,
                "cuda: the device failed before: cuda: kernel silu_rows failed: CUDA_ERROR_LAUNCH_FAILED (719)");
        backend.close();
        backend.close();
        fails(
                () -> backend.allocate("more", 1),
                ErrorId.DEVICE_FAILED,
                "cuda: the device failed before: cuda: kernel silu_rows failed: CUDA_ERROR_LAUNCH_FAILED (719)");
        assertThat(emulation.allocations()).isEqualTo(before);
        try (CudaBackend next = CudaBackend.open(0)) {
            assertThat(next.takeFault()).isEqualTo(-1);
        }
    }

    @Test
    void aClosedDeviceSaysSo() {
        CudaBackend backend = CudaBackend.open(0);
        backend.close();
        fails(() -> backend.allocate("more", 1), ErrorId.CLOSED, "cuda: the device was closed: device=cuda:0");
    }

    @Test
    void anUnknownPrecisionIsRefused() {
        assertThatThrownBy(() -> Precision.of("half"))
                .hasMessage("locret.cuda.precision is unknown: locret.cuda.precision=half, allowed=mixed, full");
    }
}
