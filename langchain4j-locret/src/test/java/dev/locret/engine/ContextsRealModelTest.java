package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.generate.SamplingParameters;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SmolLM2-135M-Instruct reads a document once and answers, also after a restart, as if it read it each time. */
class ContextsRealModelTest {
    @TempDir
    private Path directory;

    private EngineOptions.Builder options() {
        return EngineOptions.builder(DemoModel.path())
                .headsPath(DemoEngine.heads())
                .threads(1)
                .cacheBudget(192)
                .chunkSize(64)
                .stabilizers(24)
                .localTokens(32)
                .reserve(64);
    }

    @Test
    void questionsToAContextAreAnsweredAsWithTheWholePrompt() {
        StringBuilder text = new StringBuilder("<|im_start|>user\n");
        for (int i = 0; i < 30; i++) {
            text.append("The password of room ")
                    .append(i)
                    .append(" is ")
                    .append(7919 * (i + 3) % 10000)
                    .append(".\n");
        }
        List<String> questions = List.of("What is the password of room 3?", "What is the password of room 29?");
        List<int[]> expected = new ArrayList<>();
        try (LocretEngine engine = LocretEngine.load(options()
                .prefixCacheBytes(10 << 20)
                .contextsDirectory(directory)
                .build())) {
            int[] document = engine.tokenizer().encode(text.toString(), true);
            for (String question : questions) {
                int[] tokens = question(engine, question);
                int[] whole = IntStream.concat(IntStream.of(document), IntStream.of(tokens))
                        .toArray();
                GenerationRequest request = new GenerationRequest(
                        whole, tokens.length, SamplingParameters.GREEDY, 16, List.of(), null, null);
                expected.add(engine.generate(request).tokens());
            }
            engine.contexts()
                    .read(new ContextRequest("rooms", document), GenerationListener.NONE)
                    .await();
            assertAnswers(engine, questions, expected, document.length);
        }
        try (LocretEngine engine =
                LocretEngine.load(options().contextsDirectory(directory).build())) {
            assertAnswers(
                    engine,
                    questions,
                    expected,
                    engine.contexts().describe("rooms").tokens());
        }
    }

    private static int[] question(LocretEngine engine, String question) {
        return engine.tokenizer().encode(question + "<|im_end|>\n<|im_start|>assistant\n", true);
    }

    private static void assertAnswers(LocretEngine engine, List<String> questions, List<int[]> expected, int cached) {
        for (int i = 0; i < questions.size(); i++) {
            GenerationRequest request = new GenerationRequest(
                            question(engine, questions.get(i)), 0, SamplingParameters.GREEDY, 16, List.of(), null, null)
                    .withContext("rooms");
            GenerationResult result = engine.generate(request);
            assertThat(result.tokens()).containsExactly(expected.get(i));
            assertThat(result.cachedTokens()).isEqualTo(cached);
        }
    }
}
