package dev.locret.format;

import static dev.locret.format.SafetensorsBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.locret.common.LocretException;
import dev.locret.tensor.HostTensor;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Seeded mutations of small sound files: a parser may accept them or refuse them by a {@link LocretException}, and takes
 * memory in proportion to the file.
 */
class FormatFuzzTest {
    private static final int CASES = 10_000;
    /**
     * Bytes taken per byte of the file: an element of one byte becomes a boxed number. The fixed part are stack traces
     * and the buffers of the JSON parser.
     */
    private static final long MAX_BYTES_PER_BYTE = 200;

    private static final long MAX_BYTES_FIXED = 1_000_000;

    private static final Path PATH = Path.of("fuzz");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private void fuzz(byte[] sound, long seed, Consumer<byte[]> parser) {
        parser.accept(sound);
        int refused = 0;
        Random random = new Random(seed);
        for (int i = 0; i < CASES; i++) {
            byte[] mutated = mutate(sound, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                parser.accept(mutated);
            } catch (LocretException e) {
                refused++;
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("case " + i + " of seed " + seed, e);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            if (allocated > MAX_BYTES_FIXED + MAX_BYTES_PER_BYTE * mutated.length) {
                throw new AssertionError("case " + i + " of seed " + seed + " took " + allocated + " bytes");
            }
        }
        // Mutations that nothing notices would prove nothing.
        assertThat(refused).isGreaterThan(CASES / 4);
    }

    private static byte[] mutate(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextInt(3) - 1));
                case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 4 -> {
                    int from = random.nextInt(sound.length);
                    int length = Math.min(sound.length - from, bytes.length - at);
                    System.arraycopy(sound, from, bytes, at, Math.min(length, 1 + random.nextInt(16)));
                }
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
                    System.arraycopy(bytes, at, longer, longer.length - bytes.length + at, bytes.length - at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }

    /** Reads what a user of the tensors would. */
    private static void touch(Map<String, HostTensor> tensors) {
        for (HostTensor tensor : tensors.values()) {
            if (tensor.type().isFloating() && tensor.rows() > 0) {
                Dequantizer.rows(tensor, tensor.rows() - 1, 1);
            }
        }
    }

    @Test
    void gguf() {
        byte[] sound = GgufBuilder.llama()
                .texts("tokenizer.ggml.tokens", "a", "bc", "def")
                .raw("nested", 9, GgufBuilder.concat(GgufBuilder.i32(9), GgufBuilder.i64(1), new byte[12]))
                .tensor("token_embd.weight", 2, new byte[18 * 4], 64, 2)
                .tensor("rope_freqs.weight", 0, ones(8), 8)
                .tensor("blk.0.attn_q.weight", 0, new byte[64 * 16 * 4], 64, 16)
                .bytes();
        fuzz(sound, 1, bytes -> {
            GgufWeights weights = new GgufWeights(GgufFile.of(MappedFile.of(PATH, bytes)));
            for (String name : weights.names()) {
                touch(Map.of(name, weights.find(name).orElseThrow()));
            }
        });
    }

    private static byte[] ones(int count) {
        byte[] bytes = new byte[4 * count];
        for (int i = 0; i < count; i++) {
            bytes[4 * i + 2] = (byte) 0x80;
            bytes[4 * i + 3] = 0x3f;
        }
        return bytes;
    }

    @Test
    void safetensors() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"}," + tensor("a", "F32", "[2]", 0, 8) + ","
                + tensor("b", "BF16", "[2,3]", 8, 20) + "}";
        fuzz(
                SafetensorsBuilder.bytes(header, 20),
                2,
                bytes -> touch(SafetensorsFile.of(MappedFile.of(PATH, bytes)).tensors()));
    }

    @Test
    void torch() {
        for (int method : new int[] {0, 8}) {
            byte[] sound = new PickleBuilder()
                    .op('}')
                    .op('(')
                    .text("w")
                    .tensor("BFloat16Storage", 8, 0, new int[] {2, 4}, new int[] {4, 1})
                    .op('u')
                    .op('.')
                    .archive(new byte[16], method);
            fuzz(
                    sound,
                    3 + method,
                    bytes -> touch(TorchFile.of(MappedFile.of(PATH, bytes)).tensors()));
        }
    }

    @Test
    void pickle() {
        byte[] sound = new PickleBuilder()
                .op('}')
                .op('q', 0)
                .op('(')
                .text("w")
                .tensor("BFloat16Storage", 8, 0, new int[] {2, 4}, new int[] {4, 1})
                .op('u')
                .op('.')
                .pickle();
        fuzz(sound, 5, bytes -> PickleReader.read(bytes, "torch", PATH, new TorchCalls("torch", PATH)));
    }

    @Test
    void config() throws Exception {
        for (String name : List.of("llama-tiny", "phi3-tiny")) {
            byte[] sound = Files.readAllBytes(GoldenModels.path(name).resolve("config.json"));
            fuzz(sound, 6, bytes -> ModelConfigJson.of(Json.parse("config", bytes, PATH), PATH));
        }
    }

    @Test
    void shardIndex() {
        String index = "{\"metadata\":{\"total_size\":12},\"weight_map\":{"
                + "\"a.weight\":\"model-00001-of-00002.safetensors\","
                + "\"b.weight\":\"model-00002-of-00002.safetensors\"}}";
        fuzz(
                index.getBytes(StandardCharsets.UTF_8),
                9,
                bytes -> ShardIndex.namesByFile(new Settings("index", PATH, "", Json.parse("index", bytes, PATH))));
    }

    @Test
    void headsOfEitherKind() {
        byte[] safetensors = SafetensorsBuilder.bytes("{" + tensor("fc1", "BF16", "[4,4]", 0, 32) + "}", 32);
        fuzz(safetensors, 7, bytes -> touch(HeadsFile.of(MappedFile.of(PATH, bytes))));
        byte[] torch = new PickleBuilder()
                .op('}')
                .text("fc1")
                .tensor("FloatStorage", 4, 0, new int[] {4}, new int[] {1})
                .op('s')
                .op('.')
                .archive(new byte[16], 0);
        fuzz(torch, 8, bytes -> touch(HeadsFile.of(MappedFile.of(PATH, bytes))));
    }
}
