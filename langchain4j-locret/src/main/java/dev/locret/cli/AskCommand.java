package dev.locret.cli;

import dev.locret.cli.ChatPrompt.Message;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Reads documents and answers a question about them. */
@Command(
        name = "ask",
        description = "Read documents and answer a question about them.",
        footer = {
            "",
            "The documents come first and the question last, in one user message.",
            "--json prints {\"answer\", \"usage\": {\"inputTokens\", \"cachedInputTokens\", \"outputTokens\", \"totalTokens\"}, \"timings\": "
                    + "{\"loadMillis\", \"prefillMillis\", \"decodeMillis\", \"prefillTokensPerSecond\", "
                    + "\"decodeTokensPerSecond\"}, \"cache\": {\"entriesPerHead\", \"bytes\", \"evicted\", \"questionAware\"}, "
                    + "\"policy\", \"peakRssBytes\"}."
        })
final class AskCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
    private String system;

    @Option(
            names = {"-d", "--document"},
            paramLabel = "FILE",
            description = "Text, Markdown, HTML or PDF; may be repeated, and more files may follow.")
    private List<Path> documents = new ArrayList<>();

    @Mixin
    private QuestionAwareOptions questionAware;

    @Parameters(arity = "1..*", paramLabel = "QUESTION", description = "The question; quote it.")
    private List<String> words;

    @Override
    void run(Output output) {
        String question = question();
        String content = content(question);
        Instant begin = Instant.now();
        try (LocretEngine engine = LocretEngine.load(options(output))) {
            Duration load = Duration.between(begin, Instant.now());
            GenerationResult result = answer(engine, content, question, output);
            AnswerReport report = AnswerReport.of(result, load);
            if (output.isJson()) {
                output.json(report);
            } else {
                output.line("");
                output.note(report.summary());
            }
        }
    }

    private EngineOptions options(Output output) {
        return questionAware
                .applyTo(cache.applyTo(model.engineOptions(output)), output)
                .build();
    }

    /** The last word; those before it are documents, as a shell expands {@code --document *.txt}. */
    private String question() {
        if (documents.isEmpty() && words.size() > 1) {
            throw new ParameterException(
                    spec().commandLine(), "One question expected, got " + words.size() + " words: quote the question");
        }
        String question = words.get(words.size() - 1);
        if (question.isBlank()) {
            throw new ParameterException(spec().commandLine(), "The question is empty");
        }
        return question;
    }

    private String content(String question) {
        List<Path> files = new ArrayList<>(documents);
        words.subList(0, words.size() - 1).forEach(name -> files.add(Path.of(name)));
        StringBuilder content = new StringBuilder();
        for (Path file : files) {
            content.append(DocumentReader.read(file).strip()).append("\n\n");
        }
        return content.append(question).toString();
    }

    private GenerationResult answer(LocretEngine engine, String content, String question, Output output) {
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message("system", system));
        }
        messages.add(new Message("user", content));
        GenerationRequest request = PromptRequests.of(engine, messages, question, cache, sampling);
        boolean evicts = request.promptTokens().length > engine.cachePlan().budget();
        if (questionAware.isOn() && evicts) {
            request = PromptRequests.questionAware(engine, messages, question, cache, sampling);
        }
        try (AnswerStream answer = new AnswerStream(output)) {
            return engine.submit(request, answer).await();
        }
    }
}
