package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.eviction.Evictor;
import dev.locret.eviction.FullAttention;
import dev.locret.eviction.Locret;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.HeadsFile;
import dev.locret.format.ModelFiles;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding;
import dev.locret.tensor.HostTensor;
import dev.locret.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The authors' own results: scores, kept positions after every chunk, logits after the prompt, greedy tokens. */
class LocretGoldenTest {
    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (String model : List.of("llama-tiny", "phi3-tiny")) {
            for (String heads : List.of("retaining_heads.safetensors", "retaining_heads.bin")) {
                for (String kernels : List.of("vector", "fallback")) {
                    for (JsonNode c : Golden.of(model).cases().get("cases")) {
                        all.add(Arguments.of(
                                model, heads, kernels, c.get("name").asText()));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("cases")
    void readsAndAnswersLikeTheAuthorsCode(String model, String headsFile, String kernels, String name) {
        Golden golden = Golden.of(model);
        JsonNode c = golden.locretCase(name);
        int[] ids = Golden.ints(c.get("input_ids"));
        try (Backend backend = new CpuBackend(2, kernels);
                ModelFiles files = ModelFiles.open(golden.directory())) {
            Map<String, HostTensor> heads = HeadsFile.open(golden.directory().resolve(headsFile));
            int budget = c.get("budget").asInt();
            int chunk = c.get("chunk_size").asInt();
            CachePlan plan = CachePlan.of(
                    budget,
                    chunk,
                    c.get("stabilizers").asInt(),
                    c.get("local_len").asInt(),
                    64);
            Decoder decoder = new Decoder(
                    files.weights(),
                    backend,
                    chunk,
                    1,
                    plan.capacity(),
                    PositionMode.CACHE,
                    RotaryEmbedding.Factors.LONG);
            Locret locret = new Locret(backend, RetainingHeads.of(heads, decoder.config(), headsFile), chunk);
            Session session = new Session(
                    KvCache.allocate(backend, decoder.config(), plan.capacity()),
                    plan,
                    new Evictor(backend, plan),
                    locret);
            session.prompt(ids, plan.localTokens());
            List<List<List<int[]>>> trace = new ArrayList<>();
            Matrix logits = null;
            while (session.reading()) {
                logits = decoder.forward(List.of(session.nextChunk()), () -> {});
                if (trace.isEmpty()) {
                    golden.assertClose(name + ".first_chunk_scores", scores(backend, session.cache()));
                }
                if (session.chunkDone()) {
                    trace.add(kept(backend, session.cache()));
                }
            }
            assertTrace(trace, c.get("trace"));
            float[] promptLogits = backend.download(logits, 1);
            golden.assertClose(name + ".prompt_logits", promptLogits);
            assertThat(decode(
                            backend,
                            decoder,
                            session,
                            logits,
                            c.get("max_new_tokens").asInt()))
                    .startsWith(Golden.ints(c.get("generated")));

            golden.assertClose(name + ".full_attention_logits", fullAttentionLogits(files, backend, ids, chunk));
        }
    }

    private static float[] fullAttentionLogits(ModelFiles files, Backend backend, int[] ids, int chunk) {
        Matrix logits = null;
        EvictionPolicy none = new FullAttention();
        CachePlan all = CachePlan.of(ids.length, chunk, 0, 1, 64);
        Decoder full = new Decoder(
                files.weights(), backend, chunk, 1, all.capacity(), PositionMode.CACHE, RotaryEmbedding.Factors.LONG);
        Session whole = new Session(
                KvCache.allocate(backend, full.config(), all.capacity()), all, new Evictor(backend, all), none);
        whole.prompt(ids, 1);
        while (whole.reading()) {
            logits = full.forward(List.of(whole.nextChunk()), () -> {});
            whole.chunkDone();
        }
        return backend.download(logits, 1);
    }

    /** Scores of all entries, {@code [layers, tokens, kvHeads]}. */
    private static float[] scores(Backend backend, KvCache cache) {
        int tokens = cache.longest();
        int kvHeads = cache.layer(0).kvHeads();
        float[] out = new float[cache.layers() * tokens * kvHeads];
        for (int layer = 0; layer < cache.layers(); layer++) {
            Matrix byHead = new Matrix(
                    cache.layer(layer).scores(), 0, tokens, cache.layer(layer).region(0));
            float[] scores = backend.download(byHead, kvHeads);
            for (int i = 0; i < scores.length; i++) {
                out[(layer * tokens + i % tokens) * kvHeads + i / tokens] = scores[i];
            }
        }
        return out;
    }

    private static List<List<int[]>> kept(Backend backend, KvCache cache) {
        List<List<int[]>> layers = new ArrayList<>();
        for (int layer = 0; layer < cache.layers(); layer++) {
            List<int[]> heads = new ArrayList<>();
            for (int head = 0; head < cache.layer(layer).kvHeads(); head++) {
                heads.add(backend.downloadPositions(cache.layer(layer), head));
            }
            layers.add(heads);
        }
        return layers;
    }

    private static void assertTrace(List<List<List<int[]>>> trace, JsonNode expected) {
        assertThat(trace).hasSize(expected.size());
        for (int chunk = 0; chunk < trace.size(); chunk++) {
            JsonNode kept = expected.get(chunk).get("kept");
            for (int layer = 0; layer < kept.size(); layer++) {
                for (int head = 0; head < kept.get(layer).size(); head++) {
                    assertThat(trace.get(chunk).get(layer).get(head))
                            .as("chunk %s layer %s head %s", chunk, layer, head)
                            .containsExactly(Golden.ints(kept.get(layer).get(head)));
                }
            }
        }
    }

    private static int[] decode(Backend backend, Decoder decoder, Session session, Matrix logits, int count) {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = backend.sample(logits, new SamplingSpec[] {SamplingSpec.GREEDY})[0];
            session.accept(out[i]);
            logits = decoder.forward(List.of(session.nextStep()), () -> {});
        }
        return out;
    }
}
