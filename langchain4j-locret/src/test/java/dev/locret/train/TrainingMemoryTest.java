package dev.locret.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding.Factors;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The plan is what a run allocates, and says what would fit. */
class TrainingMemoryTest {
    private static final int TOKENS = 150;
    private static final int CHUNK = 64;
    private static final int HIDDEN = 40;

    @Test
    void thePlanIsWhatIsAllocated() {
        AtomicLong allocated = new AtomicLong();
        try (ModelFiles files = ModelFiles.open(Fixtures.model());
                CpuBackend cpu = new CpuBackend(2)) {
            Backend backend = counting(Backend.class, cpu, allocated);
            ModelConfig config = files.weights().config();
            Recipe recipe = Recipe.standard(10);
            Decoder decoder = new Decoder(files.weights(), backend, CHUNK, 1, TOKENS, PositionMode.CACHE, Factors.LONG);
            TrainingSpec spec = TrainingMemory.spec(decoder.attention(), config, HIDDEN, TOKENS);
            TrainingOperations operations = counting(TrainingOperations.class, backend.training(spec), allocated);
            TrainedHeads heads = TrainedHeads.from(TrainedHeads.initial(config, HIDDEN, 1), backend, operations);
            new RetainingHeadTrainer(files.weights(), decoder, operations, heads, recipe, CHUNK, TOKENS, 0);

            long planned = new TrainingMemory(backend, files.weights(), recipe, HIDDEN, CHUNK).bytes(TOKENS);
            // The plan counts floats, a weight whole panels of outputs; projections are copied for one layer at a time.
            assertThat(allocated.get()).isBetween(planned * 9 / 10, planned * 11 / 10);
        }
    }

    @Test
    void whatWouldFitIsTold() {
        try (ModelFiles files = ModelFiles.open(Fixtures.model());
                CpuBackend backend = new CpuBackend(1)) {
            TrainingMemory memory = new TrainingMemory(backend, files.weights(), Recipe.standard(10), 64, CHUNK);
            int asked = 1 << 24;
            assertThatThrownBy(() -> memory.require(asked)).isInstanceOfSatisfying(LocretException.class, e -> {
                assertThat(e.id()).isEqualTo(ErrorId.NOT_ENOUGH_MEMORY);
                Matcher fits = Pattern.compile("train: memory: needed=.* MiB, available=.* MiB, "
                                + "max-tokens=16777216, d-r=64; max-tokens=(\\d+) fits, or start Java with "
                                + "-Xmx\\d+m")
                        .matcher(e.getMessage());
                assertThat(fits.matches()).as(e.getMessage()).isTrue();
                int tokens = Integer.parseInt(fits.group(1));
                assertThat(memory.bytes(tokens)).isLessThan(Runtime.getRuntime().maxMemory());
                assertThat(tokens).isPositive();
            });
            memory.require(TOKENS);
        }
    }

    /** Adds up what each call allocates. */
    private static <T> T counting(Class<T> type, T inner, AtomicLong allocated) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            try {
                Object result = method.invoke(inner, args);
                if (result instanceof DeviceBuffer buffer) {
                    allocated.addAndGet(buffer.bytes());
                } else if (result instanceof DeviceWeight weight) {
                    allocated.addAndGet(weight.bytes());
                } else if (result instanceof RotaryTable table) {
                    allocated.addAndGet(16L * table.positions() * (table.dimensions() / 2));
                } else if (inner instanceof Backend backend) {
                    switch (method.getName()) {
                        case "allocateCache" ->
                            allocated.addAndGet(backend.cacheBytes((int) args[1], (int) args[2], (int) args[3]));
                        case "reserveLinear" -> allocated.addAndGet(backend.linearBytes((int) args[0], (int) args[1]));
                        case "reserveAttention" ->
                            allocated.addAndGet(
                                    backend.attentionBytes((AttentionSpec) args[0], (int) args[1], (int) args[2]));
                        case "reserveSampling" -> allocated.addAndGet(backend.samplingBytes((int) args[0]));
                        case "training" -> allocated.addAndGet(backend.trainingBytes((TrainingSpec) args[0]));
                        default -> {}
                    }
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
