package dev.locret.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.TraceResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what the cache keeps, for those who check the algorithm. Needs no tokenizer. */
@Command(
        name = "trace",
        description = "Read token ids, answer greedily and show what the cache kept after each chunk.",
        footer = {
            "",
            "--json prints {\"trace\": [{\"begin\", \"end\", \"kept\": [layer][kvHead][positions]}], "
                    + "\"generated\": [ids], \"promptLogits\": [...]}, the last only with --logits."
        })
final class TraceCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private CacheOptions cache;

    @Option(
            names = "--token-ids",
            required = true,
            paramLabel = "FILE",
            description = "Token ids of the prompt: a JSON array, or numbers between white space.")
    private Path tokenIds;

    @Option(
            names = "--max-output-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most tokens to decode (default: ${DEFAULT-VALUE}).")
    private int maxOutputTokens;

    @Option(names = "--logits", description = "Also print the logits after the prompt.")
    private boolean logits;

    /** As printed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Trace(List<TraceResult.Chunk> trace, int[] generated, float[] promptLogits) {}

    @Override
    void run(Output output) {
        int[] prompt = TokenIds.read(tokenIds);
        try (LocretEngine engine =
                LocretEngine.load(cache.applyTo(model.engineOptions(output)).build())) {
            TraceResult result = engine.trace(prompt, maxOutputTokens, logits);
            if (output.isJson()) {
                output.json(new Trace(result.chunks(), result.generated(), result.promptLogits()));
            } else {
                print(result, output);
            }
        }
    }

    private static void print(TraceResult result, Output output) {
        for (TraceResult.Chunk chunk : result.chunks()) {
            output.line("chunk " + chunk.begin() + ".." + chunk.end());
            for (int layer = 0; layer < chunk.kept().length; layer++) {
                for (int head = 0; head < chunk.kept()[layer].length; head++) {
                    int[] kept = chunk.kept()[layer][head];
                    output.line("  layer " + layer + " head " + head + ": " + kept.length + " kept " + ranges(kept));
                }
            }
        }
        output.line("generated " + Arrays.toString(result.generated()));
        if (result.promptLogits() != null) {
            output.line("prompt logits " + Arrays.toString(result.promptLogits()));
        }
    }

    /** Ascending positions with runs drawn together: {@code 0-3 7 9-10}. */
    static String ranges(int[] positions) {
        StringBuilder text = new StringBuilder();
        int begin = 0;
        for (int i = 0; i < positions.length; i++) {
            boolean last = i == positions.length - 1 || positions[i + 1] != positions[i] + 1;
            if (last) {
                text.append(text.isEmpty() ? "" : " ").append(positions[begin]);
                text.append(i == begin ? "" : "-" + positions[i]);
                begin = i + 1;
            }
        }
        return text.toString();
    }
}
