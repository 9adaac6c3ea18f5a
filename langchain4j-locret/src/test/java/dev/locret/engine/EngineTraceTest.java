package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The authors' results, as an outsider would check them: through the engine. */
class EngineTraceTest {
    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (String model : List.of("llama-tiny", "phi3-tiny")) {
            for (JsonNode c : Golden.of(model).cases().get("cases")) {
                all.add(Arguments.of(model, c.get("name").asText()));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void tracesLikeTheAuthorsCode(String model, String name) {
        verify(model, name, "cpu");
    }

    static void verify(String model, String name, String device) {
        Golden golden = Golden.of(model);
        JsonNode c = golden.locretCase(name);
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.ofCase(model, c).device(device).build())) {
            TraceResult trace = engine.trace(
                    Golden.ints(c.get("input_ids")), c.get("max_new_tokens").asInt(), true);

            assertThat(trace.chunks()).hasSize(c.get("trace").size());
            for (int i = 0; i < trace.chunks().size(); i++) {
                assertChunk(trace.chunks().get(i), c.get("trace").get(i));
            }
            golden.assertClose(name + ".prompt_logits", trace.promptLogits());
            assertThat(trace.generated()).containsExactly(withoutEnd(Golden.ints(c.get("generated"))));
        }
    }

    private static void assertChunk(TraceResult.Chunk chunk, JsonNode expected) {
        assertThat(chunk.begin()).isEqualTo(expected.get("begin").asInt());
        assertThat(chunk.end()).isEqualTo(expected.get("end").asInt());
        JsonNode kept = expected.get("kept");
        assertThat(chunk.kept()).hasNumberOfRows(kept.size());
        for (int layer = 0; layer < kept.size(); layer++) {
            for (int head = 0; head < kept.get(layer).size(); head++) {
                assertThat(chunk.kept()[layer][head])
                        .as("chunk at %s layer %s head %s", chunk.begin(), layer, head)
                        .containsExactly(Golden.ints(kept.get(layer).get(head)));
            }
        }
    }

    private static int[] withoutEnd(int[] generated) {
        int count = generated.length;
        boolean ended = count > 0 && generated[count - 1] == EngineFixtures.END;
        return java.util.Arrays.copyOf(generated, ended ? count - 1 : count);
    }

    @Test
    void logitsComeOnlyIfAskedFor() {
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.withHeads().build())) {
            assertThat(engine.trace(EngineFixtures.prompt(20, 1), 1, false).promptLogits())
                    .isNull();
        }
    }
}
