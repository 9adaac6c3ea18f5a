package dev.locret.cli;

import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.DeviceSpeed;
import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures reading and decoding. */
@Command(
        name = "bench",
        description = "Measure how fast prompts are read and answers decoded.",
        footer = {
            "",
            "Medians of the repetitions, after a warm-up that does not count. Prompts are fixed pseudo-random tokens; "
                    + "end tokens do not end an answer. The peak is that of the row where Linux lets it be reset, else so far.",
            "On a card, beside each row: what no program exceeds with the speed of copies and matrix products that was "
                    + "measured before.",
            "--json prints {\"machine\": {...}, \"rows\": [{\"promptTokens\", \"prefillTokensPerSecond\", "
                    + "\"decodeTokensPerSecond\", \"cacheBytes\", \"peakRssBytes\"}]}, on a card also \"speed\" and \"limits\"."
        })
final class BenchCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private CacheOptions cache;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            split = ",",
            defaultValue = "512,2048,8192,32768",
            description = "Lengths of prompts, one row each (default: ${DEFAULT-VALUE}).")
    private List<Integer> promptTokens;

    @Option(
            names = "--output-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens to decode after each prompt, at least 2 (default: ${DEFAULT-VALUE}).")
    private int outputTokens;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "Measurements of each row (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Override
    void run(Output output) {
        promptTokens.forEach(length -> Checks.inRange("prompt-tokens", length, 1, 1 << 24));
        Checks.inRange("output-tokens", outputTokens, 2, 1 << 20);
        Checks.inRange("repeat", repeat, 1, 1000);
        // A repetition must read its prompt again.
        EngineOptions options =
                cache.applyTo(model.engineOptions(output)).prefixCacheBytes(0).build();
        Optional<DeviceSpeed> speed = speed();
        try (LocretEngine engine = LocretEngine.load(options)) {
            Benchmark benchmark = new Benchmark(engine, outputTokens, repeat);
            benchmark.warmUp();
            List<Benchmark.Row> rows = new ArrayList<>();
            for (int length : promptTokens) {
                Benchmark.Row row = benchmark.measure(length);
                rows.add(row);
                output.note(length + " tokens measured");
            }
            Machine machine = Machine.current(engine.describe());
            List<SpeedLimit> limits = promptTokens.stream()
                    .flatMap(tokens -> speed.map(measured -> SpeedLimit.of(engine, measured, tokens)).stream())
                    .toList();
            if (output.isJson()) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("machine", machine);
                result.put("rows", rows);
                if (speed.isPresent()) {
                    result.put("speed", speed.get());
                    result.put("limits", limits);
                }
                output.json(result);
            } else {
                print(machine, rows, output);
                speed.ifPresent(measured -> print(measured, rows, limits, output));
            }
        }
    }

    /** Before the model takes the memory. */
    private Optional<DeviceSpeed> speed() {
        try (Backend backend = Backends.open(model.device(), 1)) {
            return backend.measureSpeed();
        }
    }

    private static void print(DeviceSpeed speed, List<Benchmark.Row> rows, List<SpeedLimit> limits, Output output) {
        output.line(String.format(
                Locale.ROOT,
                "at most, with %.1f GB/s of memory and %.2f TFLOP/s of products:",
                speed.bytesPerSecond() / 1e9,
                speed.operationsPerSecond() / 1e12));
        for (int i = 0; i < rows.size(); i++) {
            Benchmark.Row row = rows.get(i);
            SpeedLimit limit = limits.get(i);
            output.line(String.format(
                    Locale.ROOT,
                    "%10d %14.1f %14.1f   reached %.0f %% and %.0f %%",
                    row.promptTokens(),
                    limit.prefillTokensPerSecond(),
                    limit.decodeTokensPerSecond(),
                    100 * row.prefillTokensPerSecond() / limit.prefillTokensPerSecond(),
                    100 * row.decodeTokensPerSecond() / limit.decodeTokensPerSecond()));
        }
    }

    private static void print(Machine machine, List<Benchmark.Row> rows, Output output) {
        output.line(machine.cpu() + ", " + machine.cores() + " cores, Java " + machine.javaVersion() + ", "
                + machine.kernels() + ", " + machine.date());
        output.line(
                String.format("%10s %14s %14s %12s %12s", "prompt", "prefill tok/s", "decode tok/s", "cache", "peak"));
        for (Benchmark.Row row : rows) {
            output.line(String.format(
                    Locale.ROOT,
                    "%10d %14.1f %14.1f %12s %12s",
                    row.promptTokens(),
                    row.prefillTokensPerSecond(),
                    row.decodeTokensPerSecond(),
                    ModelReportText.size(row.cacheBytes()),
                    row.peakRssBytes() == null ? "unknown" : ModelReportText.size(row.peakRssBytes())));
        }
    }
}
