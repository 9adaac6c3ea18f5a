package dev.locret.cli;

import dev.locret.cli.ChatPrompt.Message;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.Generation;
import dev.locret.engine.LocretEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of a chat so far. */
final class Conversation {
    private final LocretEngine engine;
    private final String system;
    private final CacheOptions cache;
    private final SamplingOptions sampling;
    private final Duration load;
    private final List<Message> messages = new ArrayList<>();
    private AnswerReport last;

    Conversation(LocretEngine engine, String system, CacheOptions cache, SamplingOptions sampling, Duration load) {
        this.engine = engine;
        this.system = system;
        this.cache = cache;
        this.sampling = sampling;
        this.load = load;
        reset();
    }

    /** Forgets everything but the system message. */
    void reset() {
        messages.clear();
        last = null;
        if (system != null) {
            messages.add(new Message("system", system));
        }
    }

    /** What the last answer cost, unless it was stopped. */
    Optional<AnswerReport> last() {
        return Optional.ofNullable(last);
    }

    /**
     * Answers a message; one stopped by the user stays in the conversation as far as it came.
     *
     * @throws LocretException if there is no answer; the conversation is then as before
     */
    void ask(String question, ChatInput input, Output output) {
        messages.add(new Message("user", question));
        try (AnswerStream stream = new AnswerStream(output)) {
            Generation generation =
                    engine.submit(PromptRequests.of(engine, messages, question, cache, sampling), stream);
            await(generation, input, output);
            messages.add(new Message("assistant", stream.text()));
        } catch (LocretException e) {
            messages.remove(messages.size() - 1);
            throw e;
        }
    }

    private void await(Generation generation, ChatInput input, Output output) {
        Runnable undo = input.onInterrupt(generation::cancel);
        try {
            last = AnswerReport.of(generation.await(), load);
            if (output.isJson()) {
                output.json(last);
            } else {
                output.line("");
            }
        } catch (LocretException e) {
            if (e.id() != ErrorId.CANCELLED) {
                throw e;
            }
            output.note(" [stopped]");
        } finally {
            undo.run();
        }
    }
}
