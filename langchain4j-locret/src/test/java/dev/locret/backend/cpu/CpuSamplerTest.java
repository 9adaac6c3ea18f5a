package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.SamplingSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CpuSamplerTest {
    private static final int VOCABULARY = 1000;
    private static final int[] NONE = {};

    private static SamplingSpec spec(float temperature, int topK, float topP, float minP, int step, long[] allowed) {
        return new SamplingSpec(temperature, topK, topP, minP, 1, 0, 0, NONE, NONE, 9, step, allowed);
    }

    private static float[] logits(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            // Rounded, so that there are ties.
            logits[i] = Math.round(random.nextGaussian() * 20) / 8f;
        }
        return logits;
    }

    /** The definition, by sorting everything. */
    private static int reference(float[] logits, SamplingSpec spec) {
        List<Integer> order = IntStream.range(0, VOCABULARY)
                .filter(spec::allows)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -logits[i]).thenComparing(i -> i))
                .collect(Collectors.toCollection(ArrayList::new));
        float max = logits[order.get(0)];
        order.removeIf(i -> spec.minP() > 0 && logits[i] < max + Math.log(spec.minP()));
        boolean ordered = spec.topK() > 0 && spec.topK() < order.size() || spec.topP() < 1;
        if (spec.topK() > 0 && spec.topK() < order.size()) {
            order = order.subList(0, spec.topK());
        }
        if (spec.topP() < 1) {
            double total =
                    order.stream().mapToDouble(i -> Math.exp(logits[i] - max)).sum();
            double mass = 0;
            int kept = 0;
            while (kept < order.size() && mass < spec.topP()) {
                mass += Math.exp(logits[order.get(kept++)] - max) / total;
            }
            order = order.subList(0, kept);
        }
        if (!ordered) {
            order = order.stream().sorted().collect(Collectors.toList());
        }
        double[] weights = order.stream()
                .mapToDouble(i -> Math.exp((logits[i] - max) / (double) spec.temperature()))
                .toArray();
        double left = new SplittableRandom(spec.seed() * 0x9E3779B97F4A7C15L + spec.step()).nextDouble()
                * IntStream.range(0, weights.length)
                        .mapToDouble(i -> weights[i])
                        .reduce(0, Double::sum);
        for (int i = 0; i < weights.length; i++) {
            left -= weights[i];
            if (left < 0) {
                return order.get(i);
            }
        }
        return order.get(0);
    }

    @Test
    void choosesAsTheDefinitionDoes() {
        CpuSampler sampler = new CpuSampler(VOCABULARY);
        long[] odd = new long[10];
        Arrays.fill(odd, 0xaaaaaaaaaaaaaaaaL);
        for (int topK : new int[] {0, 1, 7, 999, 1000, 5000}) {
            for (float topP : new float[] {1, 0.9f, 0.3f, 0.001f}) {
                for (float minP : new float[] {0, 0.05f}) {
                    for (int step = 0; step < 20; step++) {
                        SamplingSpec spec = spec(0.8f, topK, topP, minP, step, step % 2 == 0 ? null : odd);
                        float[] logits = logits(step);
                        assertThat(sampler.sample(logits, 0, VOCABULARY, spec))
                                .as("%s", spec)
                                .isEqualTo(reference(logits, spec));
                    }
                }
            }
        }
    }

    @Test
    void onlyAllowedTokensAreChosen() {
        CpuSampler sampler = new CpuSampler(VOCABULARY);
        long[] allowed = new long[3];
        allowed[2] = 1L << 5;
        for (float temperature : new float[] {0, 1}) {
            assertThat(sampler.sample(logits(1), 0, VOCABULARY, spec(temperature, 0, 1, 0, 0, allowed)))
                    .isEqualTo(133);
            float[] hopeless = logits(1);
            hopeless[133] = Float.NEGATIVE_INFINITY;
            assertThat(sampler.sample(hopeless, 0, VOCABULARY, spec(temperature, 0, 1, 0, 0, allowed)))
                    .isEqualTo(133);
        }
    }

    @Test
    void aBadLogitIsFoundWhereverItIs() {
        CpuSampler sampler = new CpuSampler(VOCABULARY);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] logits = logits(2);
            logits[700] = bad;
            assertThat(sampler.sample(logits, 0, VOCABULARY, SamplingSpec.GREEDY))
                    .isEqualTo(-1);
            assertThat(sampler.sample(logits, 0, VOCABULARY, spec(1, 40, 0.9f, 0, 0, new long[] {1})))
                    .isEqualTo(-1);
        }
    }

    @Test
    void penaltiesCountAfterTheMask() {
        float[] logits = new float[VOCABULARY];
        logits[3] = 5;
        logits[4] = 4;
        logits[5] = 9;
        long[] allowed = {1L << 3 | 1L << 4};
        SamplingSpec spec = new SamplingSpec(0, 0, 1, 0, 2, 0, 0, new int[] {3, 5}, new int[] {1, 1}, 0, 0, allowed);
        assertThat(new CpuSampler(VOCABULARY).sample(logits, 0, VOCABULARY, spec))
                .isEqualTo(4);
    }
}
