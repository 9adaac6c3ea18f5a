package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import dev.locret.generate.SamplingParameters;
import dev.locret.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Runs prompts of given lengths and keeps the medians of what they took. */
final class Benchmark {
    /** Enough for the compiler to have seen every kernel often. */
    private static final int WARM_UP_TOKENS = 2048;

    private static final int SEED = 2410;

    private final LocretEngine engine;
    private final int outputTokens;
    private final int repeat;
    private final Optional<Tokenizer> tokenizer;

    /** Medians of one length of prompt. */
    record Row(
            int promptTokens,
            double prefillTokensPerSecond,
            double decodeTokensPerSecond,
            long cacheBytes,
            Long peakRssBytes) {}

    Benchmark(LocretEngine engine, int outputTokens, int repeat) {
        this.engine = engine;
        this.outputTokens = outputTokens;
        this.repeat = repeat;
        this.tokenizer = tokenizer(engine);
    }

    private static Optional<Tokenizer> tokenizer(LocretEngine engine) {
        try {
            return Optional.of(engine.tokenizer());
        } catch (LocretException e) {
            if (e.id() != ErrorId.TOKENIZER) {
                throw e;
            }
            return Optional.empty();
        }
    }

    void warmUp() {
        generate(prompt(WARM_UP_TOKENS));
    }

    Row measure(int promptTokens) {
        int[] prompt = prompt(promptTokens);
        double[] prefill = new double[repeat];
        double[] decode = new double[repeat];
        long cacheBytes = 0;
        PeakMemory.reset();
        for (int i = 0; i < repeat; i++) {
            GenerationResult result = generate(prompt);
            prefill[i] = AnswerReport.perSecond(result.promptTokens(), result.prefill());
            // The first token comes with the last of the prompt.
            decode[i] = AnswerReport.perSecond(result.outputTokens() - 1, result.decode());
            cacheBytes = result.cacheBytes();
        }
        return new Row(promptTokens, median(prefill), median(decode), cacheBytes, PeakMemory.bytes());
    }

    private GenerationResult generate(int[] prompt) {
        return engine.generate(new GenerationRequest(
                prompt, 0, SamplingParameters.GREEDY, outputTokens, List.of(), null, null, true, null));
    }

    /** The same ordinary tokens every time; a longer prompt begins with the shorter one. */
    private int[] prompt(int length) {
        Random random = new Random(SEED);
        int vocabulary = Math.min(
                engine.config().vocabularySize(),
                tokenizer.map(Tokenizer::vocabularySize).orElse(Integer.MAX_VALUE));
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            int id = random.nextInt(vocabulary);
            while (isSpecial(id)) {
                id = random.nextInt(vocabulary);
            }
            prompt[i] = id;
        }
        return prompt;
    }

    private boolean isSpecial(int id) {
        return tokenizer.isPresent() && tokenizer.get().isSpecial(id);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
