package dev.locret.format;

import static dev.locret.format.SafetensorsBuilder.tensor;

import dev.locret.tensor.HostTensor;
import dev.locret.testing.Mutations;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Seeded mutations of small sound files, see {@link Mutations}. */
class FormatFuzzTest {
    private static final Pattern VALUE =
            Pattern.compile("\"[^\"]*\"|-?[0-9][0-9.eE+-]*|true|false|null|\\[[^\\[\\]]*]");
    private static final List<String> OTHERS = List.of(
            "null",
            "true",
            "\"\"",
            "\"x\"",
            "\"../x\"",
            "[]",
            "{}",
            "[[1]]",
            "-1",
            "0",
            "1",
            "3",
            "1.5",
            "-0.0",
            "1e300",
            "2147483648",
            "9223372036854775807",
            "18446744073709551616");

    private static final Path PATH = Path.of("fuzz");

    private static void fuzz(byte[] sound, long seed, int leastKinds, Consumer<byte[]> parser) {
        fuzz(sound, random -> mutate(sound, random), seed, leastKinds, parser);
    }

    /** Half of the mutations change bytes, which most often breaks the syntax; the others whole values. */
    private static void fuzzJson(
            String sound, Function<String, byte[]> toFile, long seed, int leastKinds, Consumer<byte[]> parser) {
        byte[] file = toFile.apply(sound);
        Function<Random, byte[]> mutation =
                random -> random.nextBoolean() ? mutate(file, random) : toFile.apply(mutateValues(sound, random));
        fuzz(file, mutation, seed, leastKinds, parser);
    }

    private static void fuzz(
            byte[] sound, Function<Random, byte[]> mutation, long seed, int leastKinds, Consumer<byte[]> parser) {
        parser.accept(sound);
        Random random = new Random(seed);
        Mutations mutations = new Mutations();
        for (int i = 0; i < Mutations.CASES; i++) {
            byte[] mutated = mutation.apply(random);
            mutations.run(mutated.length, () -> parser.accept(mutated));
        }
        mutations.assertDeep(leastKinds);
    }

    /** Other names and values in the place of one or two, or one of the text's own. */
    private static String mutateValues(String json, Random random) {
        String mutated = json;
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            List<MatchResult> values = VALUE.matcher(mutated).results().toList();
            MatchResult at = values.get(random.nextInt(values.size()));
            String other = random.nextInt(4) == 0
                    ? values.get(random.nextInt(values.size())).group()
                    : OTHERS.get(random.nextInt(OTHERS.size()));
            mutated = mutated.substring(0, at.start()) + other + mutated.substring(at.end());
        }
        return mutated;
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
        fuzz(sound, 1, 60, bytes -> {
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
        fuzzJson(
                header,
                text -> SafetensorsBuilder.bytes(text, 20),
                2,
                22,
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
                    36,
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
        fuzz(sound, 5, 60, bytes -> PickleReader.read(bytes, "torch", PATH, new TorchCalls("torch", PATH)));
    }

    @Test
    void config() throws Exception {
        for (String name : List.of("llama-tiny", "phi3-tiny")) {
            fuzzJson(
                    Files.readString(GoldenModels.path(name).resolve("config.json")),
                    FormatFuzzTest::utf8,
                    6,
                    60,
                    bytes -> ModelConfigJson.of(Json.parse("config", bytes, PATH), PATH));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shardIndex() {
        String index = "{\"metadata\":{\"total_size\":12},\"weight_map\":{"
                + "\"a.weight\":\"model-00001-of-00002.safetensors\","
                + "\"b.weight\":\"model-00002-of-00002.safetensors\"}}";
        fuzzJson(
                index,
                FormatFuzzTest::utf8,
                9,
                6,
                bytes -> ShardIndex.namesByFile(new Settings("index", PATH, "", Json.parse("index", bytes, PATH))));
    }

    @Test
    void headsOfEitherKind() {
        fuzzJson(
                "{" + tensor("fc1", "BF16", "[4,4]", 0, 32) + "}",
                text -> SafetensorsBuilder.bytes(text, 32),
                7,
                16,
                bytes -> touch(HeadsFile.of(MappedFile.of(PATH, bytes))));
        byte[] torch = new PickleBuilder()
                .op('}')
                .text("fc1")
                .tensor("FloatStorage", 4, 0, new int[] {4}, new int[] {1})
                .op('s')
                .op('.')
                .archive(new byte[16], 0);
        fuzz(torch, 8, 50, bytes -> touch(HeadsFile.of(MappedFile.of(PATH, bytes))));
    }
}
