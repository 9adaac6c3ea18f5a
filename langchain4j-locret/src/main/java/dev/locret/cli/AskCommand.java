package dev.locret.cli;

import dev.locret.cli.ChatPrompt.Message;
import dev.locret.engine.ContextRequest;
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

    @Mixin
    private ContextOptions context;

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
        EngineOptions.Builder options = cache.applyTo(model.engineOptions(output));
        return context.applyTo(questionAware.applyTo(options, output)).build();
    }

    /** The last word; those before it are documents, as a shell expands {@code --document *.txt}. */
    private String question() {
        boolean kept = context.isOn() && !hasDocuments();
        reject(
                kept && system != null,
                "The system message belongs to the context: --system is read with its documents");
        reject(context.isOn() && questionAware.isOn(), "A context is read before its question: --question-aware");
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

    private void reject(boolean wrong, String why) {
        if (wrong) {
            throw new ParameterException(spec().commandLine(), why);
        }
    }

    private boolean hasDocuments() {
        return !documents.isEmpty() || words.size() > 1;
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
        if (context.isOn()) {
            return answerFromContext(engine, messages, question, output);
        }
        GenerationRequest request = PromptRequests.of(engine, messages, question, cache, sampling);
        boolean evicts = request.promptTokens().length > engine.cachePlan().budget();
        if (questionAware.isOn() && evicts) {
            request = PromptRequests.questionAware(engine, messages, question, cache, sampling);
        }
        try (AnswerStream answer = new AnswerStream(output)) {
            return engine.submit(request, answer).await();
        }
    }

    private GenerationResult answerFromContext(
            LocretEngine engine, List<Message> messages, String question, Output output) {
        ChatPrompt prompt = ChatPrompt.of(engine.tokenizer(), engine.chatTemplate(), messages, question);
        if (hasDocuments()) {
            try (AnswerStream reading = new AnswerStream(output)) {
                engine.contexts()
                        .read(new ContextRequest(context.name(), prompt.head()), reading)
                        .await();
            }
        }
        try (AnswerStream answer = new AnswerStream(output)) {
            GenerationRequest request = PromptRequests.ofContext(engine, context.name(), prompt, cache, sampling);
            return engine.submit(request, answer).await();
        }
    }
}
