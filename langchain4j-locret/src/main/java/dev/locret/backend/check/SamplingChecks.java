package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.EXACT;
import static dev.locret.backend.check.OperationCheck.FLOATS;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Choosing tokens, and how unexpected those of a text are. */
final class SamplingChecks {
    private SamplingChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        for (int vocabulary : new int[] {33, 513, 32_001}) {
            checks.add(new OperationCheck(
                    "sample, greedy with penalties and mask", "20x" + vocabulary, EXACT, b -> greedy(b, vocabulary)));
        }
        // With top-k and top-p devices draw different tokens of the same distribution, so the most likely one is kept.
        checks.add(new OperationCheck("sample, top-k 1", "20x513", EXACT, SamplingChecks::drawn));
        for (int tokens : new int[] {1, 2, 71}) {
            checks.add(new OperationCheck("surprise", tokens + "x64x301", FLOATS, b -> surprise(b, tokens)));
        }
        return checks;
    }

    private static float[] greedy(Backend backend, int vocabulary) {
        Random random = new Random(vocabulary);
        backend.reserveSampling(vocabulary);
        long[] allowed = random.longs((vocabulary + 63) / 64).toArray();
        allowed[0] |= 1;
        float[] tokens = new float[40];
        for (int i = 0; i < 20; i++) {
            Matrix logits = SampleTensors.matrix(backend, SampleTensors.gaussian(random, 2 * vocabulary), vocabulary);
            int[] chosen = backend.sample(logits, new SamplingSpec[] {spec(0, i, null), spec(0, i, allowed)});
            tokens[2 * i] = chosen[0];
            tokens[2 * i + 1] = chosen[1];
        }
        return tokens;
    }

    private static SamplingSpec spec(int topK, int step, long[] allowed) {
        float temperature = topK == 0 ? 0 : 1;
        int[] seen = {1, 5, 30};
        int[] counts = {2, 1, 3};
        return new SamplingSpec(temperature, topK, 1, 0, 1.2f, 0.1f, 0.05f, seen, counts, 9, step, allowed);
    }

    private static float[] drawn(Backend backend) {
        backend.reserveSampling(513);
        Matrix logits = SampleTensors.matrix(backend, SampleTensors.gaussian(new Random(3), 513), 513);
        float[] tokens = new float[20];
        for (int step = 0; step < tokens.length; step++) {
            tokens[step] = backend.sample(logits, new SamplingSpec[] {spec(1, step, null)})[0];
        }
        return tokens;
    }

    private static float[] surprise(Backend backend, int tokens) {
        Random random = new Random(tokens);
        backend.reserveLinear(80, 64);
        backend.reserveSampling(301);
        DeviceWeight output = backend.load(SampleTensors.weight(random, DType.F32, 301, 64));
        Matrix in = SampleTensors.matrix(backend, SampleTensors.gaussian(random, tokens * 64), 64);
        Matrix out = RowChecks.zeros(backend, tokens, 3);
        backend.surprise(in, output, random.ints(tokens, 0, 301).toArray(), out);
        return backend.download(out, tokens);
    }
}
