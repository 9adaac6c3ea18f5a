package dev.locret.cli;

import dev.locret.common.ByteSize;
import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.ModelHash;
import dev.locret.engine.ModelText;
import dev.locret.eval.FileTask;
import dev.locret.eval.SearchSpace;
import dev.locret.eval.Tuning;
import dev.locret.eval.TuningResult;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.format.ModelFiles;
import dev.locret.format.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the settings of a cache that suit a user's own documents and questions. */
@Command(
        name = "tune",
        description = "Find settings that answer your own questions best in the memory that there is.",
        footer = {
            "",
            "A line of the questions: {\"document\": \"contract.pdf\", \"question\", \"answer\"}, or \"questions\": "
                    + "[{\"question\", \"answer\", \"score\"}]; score is exact, contains, contains-all, f1, regex or "
                    + "rouge-l. \"context\" in place of \"document\" holds the text itself.",
            "Candidates are drawn at random and halved: few documents first, more for those that do well. A run that was "
                    + "interrupted goes on when it is called again.",
            "--json prints {\"chosen\": {...}, \"default\", \"full\", \"finalists\", \"tried\", \"fitting\", \"questions\", "
                    + "\"documents\", \"notes\", \"output\"}."
        })
final class TuneCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Option(
            names = {"-d", "--documents"},
            paramLabel = "DIR",
            description = "Directory of the documents that questions name: text, Markdown, HTML or PDF.")
    private Path documents;

    @Option(
            names = "--questions",
            required = true,
            paramLabel = "FILE",
            description = "Questions and their answers as JSON lines.")
    private Path questions;

    @Option(
            names = "--max-memory",
            required = true,
            paramLabel = "SIZE",
            description = "Memory that the model may take with all that it needs, such as 2GB or 800MiB.")
    private String maxMemory;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "application.properties",
            description = "Where the properties go (default: ${DEFAULT-VALUE}).")
    private Path target;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where results of trials are kept (default: the output's name with .trials).")
    private Path work;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "24",
            description = "Candidates to try at most (default: ${DEFAULT-VALUE}).")
    private int trials;

    @Option(
            names = "--tolerance",
            paramLabel = "SCORE",
            defaultValue = "0.02",
            description = "How much of the best score to give up for less memory (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(names = "--without-full", description = "Do not measure full attention.")
    private boolean withoutFull;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private QuestionAwareOptions questionAware;

    @Mixin
    private TuneSpaceOptions space;

    @Override
    void run(Output output) {
        long maxBytes = ByteSize.parse(maxMemory).orElse(0);
        Checks.argument(
                maxBytes > 0,
                () -> "max-memory is no size: max-memory=" + maxMemory + ", allowed=for example 2GB, 800MiB");
        FileTask task = task(output).shuffled(seed);
        EngineOptions loaded =
                questionAware.applyTo(model.engineOptions(output), output).build();
        ModelText text;
        Map<String, String> settings;
        try (ModelFiles files = ModelFiles.open(loaded.modelPath())) {
            text = ModelText.load(files);
            settings = settings(files.weights(), task, loaded);
        }
        Tuning.Options options =
                new Tuning.Options(maxBytes, trials, tolerance, seed, questionAware.isOn(), !withoutFull);
        Tuning tuning = new Tuning(
                task,
                text,
                options,
                () -> ofModel(loaded),
                work != null ? work : Path.of(target + ".trials"),
                settings);
        SearchSpace searched = space.space(tuning.longest(), ModelIdentity.kind(loaded.headsPath()));
        TuningResult result = tuning.run(searched, line -> output.note("tune: " + line));
        TextFiles.write(target, result.properties(title(), modelProperties(result, loaded)));
        print(result, output);
    }

    private FileTask task(Output output) {
        Checks.argument(
                documents == null || Files.isDirectory(documents),
                () -> "tune: documents is no directory: documents=" + documents);
        NamedDocuments named = documents == null ? NamedDocuments.beside(questions) : new NamedDocuments(documents);
        FileTask task = FileTask.read(questions, Integer.MAX_VALUE, named);
        if (documents != null) {
            List<Path> files = Documents.files(documents);
            List<String> unasked = new ArrayList<>();
            files.stream()
                    .filter(file -> !named.wasRead(file))
                    .forEach(file -> unasked.add(documents.relativize(file).toString()));
            Checks.argument(
                    unasked.size() < files.size(),
                    () -> "tune: no question names a document of the directory: documents=" + documents + ", files="
                            + unasked + ", questions=" + questions);
            if (!unasked.isEmpty()) {
                output.note("documents that no question names, and which tell nothing: " + String.join(", ", unasked));
            }
        }
        return task;
    }

    /** New options of what was found on this machine already. */
    private static EngineOptions.Builder ofModel(EngineOptions found) {
        return EngineOptions.builder(found.modelPath())
                .headsPath(found.headsPath())
                .questionAwareHeadsPath(found.questionAwareHeadsPath())
                .device(found.device())
                .threads(found.threads());
    }

    private Map<String, String> settings(WeightSource weights, FileTask task, EngineOptions loaded) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("modelHash", ModelHash.of(weights));
        settings.put("headsHash", ModelIdentity.hash(loaded.headsPath(), weights));
        settings.put("questionAwareHeadsHash", ModelIdentity.hash(loaded.questionAwareHeadsPath(), weights));
        settings.put("questionFirst", String.valueOf(questionAware.isOn()));
        settings.put("questions", task.hash());
        return settings;
    }

    private List<String> title() {
        return List.of(
                "Written by locret tune on " + LocalDate.now() + " for model " + model.model()
                        + " and the questions of " + questions + ".",
                "");
    }

    private Map<String, String> modelProperties(TuningResult result, EngineOptions loaded) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("model-path", model.model().startsWith("hf:") ? model.model() : absolute(loaded.modelPath()));
        if (!EvictionPolicies.runsWith(result.chosen().policy(), null)) {
            properties.put("retaining-heads-path", absolute(loaded.headsPath()));
        }
        if (loaded.questionAwareHeadsPath() != null) {
            properties.put("question-aware-heads-path", absolute(loaded.questionAwareHeadsPath()));
        }
        return properties;
    }

    /** An application runs elsewhere. */
    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private void print(TuningResult result, Output output) {
        if (output.isJson()) {
            Map<String, Object> report = new LinkedHashMap<>(result.report());
            report.put("output", target.toString());
            output.json(report);
        } else {
            result.lines().forEach(output::line);
            output.line("properties: " + target);
        }
    }
}
