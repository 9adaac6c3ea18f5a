package dev.locret.engine;

import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.cache.CachePlan;
import dev.locret.cache.CacheSnapshot;
import dev.locret.cache.KvCache;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.generate.AnswerText;
import dev.locret.generate.Sampler;
import dev.locret.generate.TokenConstraint;
import dev.locret.model.Segment;
import java.time.Duration;
import java.util.Arrays;

/** A generation that holds a cache: reads its prompt, then takes tokens until one of them, or a limit, ends it. */
final class ActiveGeneration {
    private final GenerationHandle handle;
    private final Session session;
    private final EngineParts parts;
    private final boolean auto;
    private final PromptStart start;
    private final Sampler sampler;
    private final TokenConstraint constraint;
    private final AnswerText answer;
    private final int maxTokens;
    private final long started;
    private final long copiedEvicted;

    private int[] tokens = new int[64];
    private int count;
    private int entriesKept;
    private long promptRead;

    /**
     * @param cache an empty cache
     */
    ActiveGeneration(GenerationHandle handle, KvCache cache, EngineParts parts) {
        GenerationRequest request = handle.request();
        this.handle = handle;
        this.parts = parts;
        this.started = parts.nanoTime().getAsLong();
        this.auto = parts.policies().isAuto(request.policy());
        this.constraint = request.grammar() == null ? null : request.grammar().start(parts.tokenVocabulary());
        this.answer = new AnswerText(parts.text().tokenizerOrNull(), request.stops(), request.shownTokens());
        this.maxTokens = parts.maxOutputTokens(handle);
        CachePlan plan = parts.plan(request, handle.context());
        EvictionPolicy policy = parts.policies().start(request, handle.context(), handle.textTokens(), plan);
        this.session = new Session(cache, plan, parts.policies().evictor(plan), policy);
        this.start = new PromptStart(handle, policy, plan, parts);
        start.restore(parts.backend(), cache);
        this.copiedEvicted = entriesEvicted();
        this.sampler = new Sampler(request.sampling(), start.lastTokens());
        session.prompt(start.prompt(), start.localTokens(), start.promptTokensRead());
    }

    void tellStarted(EngineMonitor monitor) {
        Duration waited = Duration.ofNanos(started - handle.submitted());
        monitor.started(waited, handle.textTokens(), start.cachedTokens());
    }

    GenerationHandle handle() {
        return handle;
    }

    Session session() {
        return session;
    }

    /** How to choose the next token. */
    SamplingSpec sampling() {
        return sampler.next(constraint == null ? null : constraint.allowed());
    }

    /** Whether a part of the prompt is still to be read. */
    boolean reading() {
        return session.reading();
    }

    Segment nextChunk() {
        return session.nextChunk();
    }

    /** Called when the forward of {@link #nextChunk()} is done. */
    void chunkDone(Matrix logits) {
        int begin = session.promptTokensRead();
        boolean local = !session.chunkDone();
        handle.probe().chunkRead(parts.backend(), session, begin, local);
        entriesKept = session.cache().entriesPerHead();
        int read = session.promptTokensRead();
        start.keep(read, parts.backend(), session.cache());
        double seconds = Math.max(1, parts.nanoTime().getAsLong() - started) / 1e9;
        double speed = (read - start.promptTokensRead()) / seconds;
        handle.tell(listener -> listener.onRead(read, session.promptTokens(), entriesKept, speed));
        if (!session.reading()) {
            promptRead = parts.nanoTime().getAsLong();
            handle.probe().promptRead(parts.backend(), logits);
            if (handle.taker() != null && !handle.isDone()) {
                handle.taker()
                        .take(
                                CacheSnapshot.take(parts.backend(), session.cache()),
                                session.policy().name());
                finish(Finish.STOP);
            }
        }
    }

    /** Whether a token is to be chosen after the prompt. */
    boolean answers() {
        return handle.taker() == null;
    }

    /** The decode step of the last token. */
    Segment nextStep() {
        return session.nextStep();
    }

    /**
     * Takes the token that was chosen, unless the probe wants another; ends the generation if it was the last.
     *
     * @param logits {@code [1, vocabulary]} that it was chosen from
     */
    void accept(int chosen, Matrix logits) {
        if (chosen < 0) {
            throw new LocretException(ErrorId.NUMERICS, "forward: NaN in the logits of output token " + count);
        }
        int token = handle.probe().chosen(parts.backend(), logits, chosen);
        if (!handle.request().ignoreEnd() && parts.endTokens().contains(token)) {
            finish(Finish.STOP);
            return;
        }
        append(token);
        sampler.accept(token);
        if (constraint != null) {
            constraint.accept(token);
        }
        tell(answer.append(token));
        if (answer.stopped()) {
            // A stop text inside what is held to a grammar cuts it: only a whole sentence ends with STOP.
            finish(constraint == null || constraint.complete() ? Finish.STOP : Finish.LENGTH);
        } else if (constraint != null && constraint.finished()) {
            finish(Finish.STOP);
        } else if (count == maxTokens || !parts.policies().canDecode(session, auto)) {
            finish(Finish.LENGTH);
        } else {
            session.accept(token);
        }
    }

    private void append(int token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.multiplyExact(count, 2));
        }
        tokens[count++] = token;
    }

    private void tell(String text) {
        if (!text.isEmpty()) {
            handle.tell(listener -> listener.onText(text));
        }
    }

    private void finish(Finish finish) {
        tell(answer.finish(finish == Finish.LENGTH && !answer.stopped()));
        long now = parts.nanoTime().getAsLong();
        handle.complete(new GenerationResult(
                answer.text(),
                Arrays.copyOf(tokens, count),
                finish,
                handle.textTokens(),
                count,
                session.policy().name(),
                entriesKept,
                entriesEvicted(),
                copiedEvicted,
                parts.cacheBytes(),
                Duration.ofNanos(started - handle.submitted()),
                Duration.ofNanos(promptRead - started),
                Duration.ofNanos(now - promptRead),
                sampler.seed(),
                start.cachedTokens(),
                handle.request().questionEnd() > 0));
    }

    private long entriesEvicted() {
        KvCache cache = session.cache();
        return (long) cache.tokens() * cache.layers() * cache.layer(0).kvHeads() - cache.entries();
    }
}
