package dev.locret.eval;

import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A search's result without the search, for tests here and of the starter. */
public final class TuningSamples {
    public static final Candidate CHOSEN = new Candidate("locret", 128, 64, "pooled", 4, 0.25, 3, "q8_0");

    private static final int MIB = 1 << 20;

    private TuningSamples() {}

    /** A result in which {@link #CHOSEN} beat the default and lost against full attention. */
    static TuningResult result() {
        Tuning.Options options = new Tuning.Options(400L * MIB, 24, 0.02, 1, true, true);
        Trial full = trial(new Candidate("none", 4096, 64, "uniform", 0, 0, 1, "f32"), 0.9, 300, 90);
        Trial plain = trial(new Candidate("locret", 256, 64, "uniform", 0, 0, 1, "f32"), 0.2, 250, 40);
        Trial chosen = trial(CHOSEN, 0.8, 230, 20);
        TuningResult.Extent extent = new TuningResult.Extent(2, 10, 4000, 120, 24, 90);
        return new TuningResult(
                chosen,
                Optional.of(plain),
                Optional.of(full),
                List.of(chosen),
                List.of("not tried: candidates=3"),
                extent,
                options);
    }

    private static Trial trial(Candidate candidate, double score, int mebibytes, int cacheMebibytes) {
        Wilson wilson = Wilson.of(10 * score, 10);
        Row row = new Row(
                "mine",
                0,
                candidate.policy(),
                candidate.budget(),
                Row.ALL,
                2,
                10,
                10 * score,
                score,
                wilson.low(),
                wilson.high(),
                null,
                null,
                score / 0.9,
                null,
                null,
                9.0,
                null,
                null,
                500,
                (long) cacheMebibytes * MIB);
        return new Trial(
                candidate,
                row,
                new CandidateMemory.Need((long) mebibytes * MIB, (long) cacheMebibytes * MIB, 200L * MIB));
    }

    /** The file of that result. */
    public static String properties() {
        return result().properties(
                        List.of("Written by\na test."),
                        Map.of(
                                "model-path",
                                DemoModel.path().toString(),
                                "retaining-heads-path",
                                DemoEngine.heads().toString()));
    }
}
