package dev.locret.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Engines over the tiny models, which have no tokenizer, and requests for them. */
final class EngineFixtures {
    /** Token that ends an answer of the tiny models. */
    static final int END = 2;

    private EngineFixtures() {}

    static Path tiny() {
        return Golden.of("llama-tiny").directory();
    }

    /** Options with small sizes: budget 64, chunk 16, local 4, reserve 12, so a capacity of 80. */
    static EngineOptions.Builder options() {
        return EngineOptions.builder(tiny())
                .threads(1)
                .cacheBudget(64)
                .chunkSize(16)
                .stabilizers(8)
                .localTokens(4)
                .reserve(12);
    }

    static EngineOptions.Builder withHeads() {
        return options().headsPath(tiny().resolve("retaining_heads.safetensors"));
    }

    static EngineOptions.Builder ofCase(String model, JsonNode c) {
        return EngineOptions.builder(Golden.of(model).directory())
                .headsPath(Golden.of(model).directory().resolve("retaining_heads.safetensors"))
                .threads(1)
                .cacheBudget(c.get("budget").asInt())
                .chunkSize(c.get("chunk_size").asInt())
                .stabilizers(c.get("stabilizers").asInt())
                .localTokens(c.get("local_len").asInt())
                .reserve(64);
    }

    /** An engine on a backend and clock of the test's own. */
    static LocretEngine engine(EngineOptions.Builder options, ProbedBackend backend, FakeClock clock) {
        EngineOptions built = options.build();
        return new LocretEngine(built, EngineLoader.load(built, backend, clock));
    }

    static ProbedBackend backend() {
        return new ProbedBackend(new CpuBackend(1));
    }

    static int[] prompt(int tokens, long seed) {
        return new Random(seed).ints(tokens, 3, 512).toArray();
    }

    static GenerationRequest greedy(int[] prompt, int maxOutputTokens) {
        return request(prompt, SamplingParameters.GREEDY, maxOutputTokens, null);
    }

    static GenerationRequest request(int[] prompt, SamplingParameters sampling, int maxOutputTokens, String policy) {
        return new GenerationRequest(prompt, 0, sampling, maxOutputTokens, List.of(), policy, null);
    }
}
