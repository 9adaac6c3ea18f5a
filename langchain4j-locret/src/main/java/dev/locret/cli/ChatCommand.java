package dev.locret.cli;

import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A conversation on the terminal, or of the lines of standard input. */
@Command(
        name = "chat",
        description = "Talk with the model.",
        footer = {
            "",
            "Commands: /reset forgets the conversation, /stats tells what the last answer cost, /help, /exit.",
            "Ctrl-C stops the answer, Ctrl-D ends. --json prints one object a line, as 'ask' does."
        })
final class ChatCommand extends LocretCommand {
    private static final String HELP =
            "/reset forgets the conversation, /stats tells what the last answer cost, /exit (Ctrl-D) ends;"
                    + " Ctrl-C stops an answer. Anything else goes to the model.";

    @Mixin
    private ModelOptions model;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
    private String system;

    @Option(
            names = "--prefix-cache-bytes",
            paramLabel = "BYTES",
            defaultValue = "-1",
            showDefaultValue = Help.Visibility.NEVER,
            description =
                    "Memory for what was read of the conversation, so that it is not read again with each message; 0"
                            + " for none (default: room for six caches, at most a quarter of what is left).")
    private long prefixCacheBytes;

    @Override
    void run(Output output) {
        Instant begin = Instant.now();
        try (LocretEngine engine = LocretEngine.load(cache.applyTo(model.engineOptions(output))
                        .prefixCacheBytes(prefixCacheBytes)
                        .build());
                ChatInput input = ChatInput.open()) {
            Duration load = Duration.between(begin, Instant.now());
            Conversation conversation = new Conversation(engine, system, cache, sampling, load);
            String line = input.readLine();
            while (line != null && !line.strip().equals("/exit")) {
                handle(line.strip(), conversation, input, output);
                line = input.readLine();
            }
        }
    }

    private static void handle(String line, Conversation conversation, ChatInput input, Output output) {
        switch (line) {
            case "" -> {}
            case "/help" -> output.note(HELP);
            case "/reset" -> conversation.reset();
            case "/stats" ->
                output.note(conversation.last().map(AnswerReport::summary).orElse("no finished answer yet"));
            default -> {
                if (line.startsWith("/")) {
                    output.note("unknown command " + line.split("\\s", 2)[0] + ": " + HELP);
                } else {
                    ask(line, conversation, input, output);
                }
            }
        }
    }

    private static void ask(String line, Conversation conversation, ChatInput input, Output output) {
        try {
            conversation.ask(line, input, output);
        } catch (LocretException e) {
            if (!input.isInteractive()) {
                throw e;
            }
            output.note(CommandErrors.line(e.id().id(), e.getMessage()));
        }
    }
}
