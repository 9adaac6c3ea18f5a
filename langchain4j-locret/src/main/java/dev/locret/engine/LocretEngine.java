package dev.locret.engine;

import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.generate.SamplingParameters;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A loaded model that answers prompts: one worker thread owns the device, requests wait in a fair queue, up to {@link
 * EngineOptions#maxSessions()} run at once. All memory is taken by {@link #load}; a prompt of any length takes no more.
 *
 * <p>Safe for several threads. Errors are {@link dev.locret.common.LocretException}s.
 */
public final class LocretEngine implements AutoCloseable {
    private final EngineOptions options;
    private final EngineParts parts;
    private final RequestQueue queue;
    private final Thread worker;
    private final Contexts contexts;

    LocretEngine(EngineOptions options, EngineParts parts) {
        this.options = options;
        this.parts = parts;
        this.queue = new RequestQueue(
                parts.settings().queueCapacity(), parts.settings().maxSessions());
        this.worker = new Thread(new Scheduler(parts, queue), "locret-engine");
        this.contexts = new Contexts(parts, new ContextStore(parts, parts.contextFiles()), this::enqueue);
        worker.setDaemon(true);
        worker.start();
    }

    /**
     * Loads a model.
     *
     * @throws dev.locret.common.LocretException if files are missing, damaged or do not belong together, if options
     *     contradict each other or the model, or ({@code not-enough-memory}) with what would fit
     */
    public static LocretEngine load(EngineOptions options) {
        return new LocretEngine(options, EngineLoader.load(options));
    }

    /** What {@link #load} would allocate, without loading; it may be more than there is. */
    public static MemoryPlan plan(EngineOptions options) {
        return EngineLoader.plan(options);
    }

    /**
     * Appends a request to the queue.
     *
     * <p>A context that is on disk only is read from there first, by the calling thread.
     *
     * @throws dev.locret.common.LocretException ({@code invalid-prompt}, {@code invalid-argument}) if it cannot be run,
     *     {@code unknown-context}, {@code queue-full}, {@code closed}, {@code device-failed}; {@code context-mismatch}, {@code file-damaged} or
     *     {@code file-unsupported} if the context's file cannot be used
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        return submit(request, Checks.notNull("listener", listener), Probe.NONE);
    }

    private Generation submit(GenerationRequest request, GenerationListener listener, Probe probe) {
        ReadContext context = request.context() == null ? null : contexts.require(request.context());
        ContextText text = context == null ? null : context.text();
        parts.check(request, text);
        GenerationHandle handle = new GenerationHandle(
                request, listener, probe, text, contexts.whileWaiting(context), null, parts.nanoTime());
        listener.onSubmitted(handle);
        enqueue(handle);
        return handle;
    }

    private void enqueue(GenerationHandle handle) {
        int waiting;
        try {
            waiting = queue.put(handle);
        } catch (LocretException e) {
            if (e.id() == ErrorId.QUEUE_FULL) {
                parts.monitor().rejected();
            }
            throw e;
        }
        parts.monitor().queued(waiting);
        handle.whenDone((result, failure) -> parts.monitor().ended(result, failure, handle.passed()));
    }

    /** Submits a request and waits for its answer. */
    public GenerationResult generate(GenerationRequest request) {
        return generate(request, GenerationListener.NONE);
    }

    /** Submits a request and waits for its answer; from a listener's own thread it is refused. */
    public GenerationResult generate(GenerationRequest request, GenerationListener listener) {
        return run(request, Checks.notNull("listener", listener), Probe.NONE);
    }

    private GenerationResult run(GenerationRequest request, GenerationListener listener, Probe probe) {
        Checks.argument(
                Thread.currentThread() != worker,
                () -> "engine: a listener waits for the thread it runs on: thread=" + worker.getName()
                        + "; submit without waiting");
        return submit(request, listener, probe).await();
    }

    /**
     * Reads a prompt and answers greedily, with a record of what the cache kept; waits in the queue like any request.
     *
     * @param maxOutputTokens most tokens to decode, at least one
     * @param logits whether the logits after the prompt are wanted
     */
    public TraceResult trace(int[] promptTokens, int maxOutputTokens, boolean logits) {
        Checks.inRange("max-output-tokens", maxOutputTokens, 1, Integer.MAX_VALUE);
        TraceRecorder recorder = new TraceRecorder(logits);
        GenerationRequest request = new GenerationRequest(
                promptTokens, 0, SamplingParameters.GREEDY, maxOutputTokens, List.of(), null, null);
        return recorder.result(run(request, GenerationListener.NONE, recorder).tokens());
    }

    /**
     * Reads a prompt and tells how likely a text is after it; waits in the queue like any request.
     *
     * @param prompt how the prompt is read; of how it is to be answered, nothing counts
     * @param continuation token ids of the text, at least one
     * @throws dev.locret.common.LocretException as {@link #submit} does
     */
    public ContinuationScore score(GenerationRequest prompt, int[] continuation) {
        Checks.inRange("continuation-tokens", continuation.length, 1, Integer.MAX_VALUE);
        parts.checkTokens(continuation);
        ContinuationScorer scorer = new ContinuationScorer(continuation.clone());
        GenerationResult result = run(prompt.answeredBy(continuation.length), GenerationListener.NONE, scorer);
        Checks.check(
                result.outputTokens() == continuation.length,
                ErrorId.INVALID_PROMPT,
                () -> "continuation does not fit the cache and policy '" + result.policy() + "' drops nothing: tokens="
                        + continuation.length + ", fitted=" + result.outputTokens());
        return new ContinuationScore(scorer.logProbabilities(), result);
    }

    /** Tells {@code events} of requests from now on. */
    public void addEvents(EngineEvents events) {
        parts.monitor().add(Checks.notNull("events", events));
    }

    /** Whether requests are taken. */
    public EngineState state() {
        return queue.state();
    }

    /**
     * What the device was lost by ({@code device-failed}), also after the engine was closed; empty if it was not. It shows
     * when a request meets it, not before.
     */
    public Optional<LocretException> deviceFailure() {
        return Optional.ofNullable(queue.failure());
    }

    /** What the engine is doing and has done. */
    public EngineStatus status() {
        SnapshotMemory snapshots = parts.snapshots();
        return new EngineStatus(
                queue.status(parts.nanoTime().getAsLong()),
                parts.monitor().totals(),
                new EngineStatus.Snapshots(snapshots.count(), snapshots.used(), snapshots.capacity()));
    }

    /** Texts that are read once and asked often. */
    public Contexts contexts() {
        return contexts;
    }

    /**
     * The model's tokenizer.
     *
     * @throws dev.locret.common.LocretException ({@code tokenizer}) if there is none or it is damaged; token ids can be
     *     run all the same
     */
    public Tokenizer tokenizer() {
        return parts.text().tokenizer();
    }

    /** The model's chat template; fails with {@code template} if it cannot be parsed. */
    public Optional<ChatTemplate> chatTemplate() {
        return parts.text().template();
    }

    /** The template for requests with tools, which is the same unless the model has one called {@code tool_use}. */
    public Optional<ChatTemplate> toolTemplate() {
        return parts.text().template(true);
    }

    public ModelConfig config() {
        return parts.config();
    }

    /** The options as they were given. */
    public EngineOptions options() {
        return options;
    }

    /** Sizes of a session's cache, with defaults filled in. */
    public CachePlan cachePlan() {
        return parts.settings().plan();
    }

    /**
     * Bytes that a session's cache takes on an engine of such a budget.
     *
     * @param budget entries kept per KV head, at least one
     */
    public long cacheBytes(int budget) {
        return KvCache.bytes(parts.backend(), parts.config(), cachePlan().withBudget(budget));
    }

    /** What was allocated. */
    public MemoryPlan memoryPlan() {
        return parts.memory();
    }

    /** The device in a few words. */
    public String describe() {
        return parts.backend().describe();
    }

    /** Name of the model: its repository if it lies in a hub's cache, else that of its file or directory. */
    public String modelName() {
        return parts.modelName();
    }

    /** Eviction policy of requests that name none; {@code auto} if it depends on the prompt. */
    public String policyName() {
        return parts.settings().policy();
    }

    /**
     * Refuses further requests with {@code closed}, and lets those that wait and run come to their end: before {@link
     * #close}, or until {@link #acceptRequests}.
     *
     * @return completes when none is left, or the engine is closed
     */
    public CompletableFuture<Void> drain() {
        return queue.drain();
    }

    /** Accepts requests again after {@link #drain}; no effect on an engine that is closed. */
    public void acceptRequests() {
        queue.resume();
    }

    /** Ends all requests with {@code closed} and gives the device back; waits for the layer that is being computed. */
    @Override
    public void close() {
        queue.close().forEach(handle -> handle.fail(queue.ended()));
        if (Thread.currentThread() == worker) {
            contexts.close(false);
            return;
        }
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        contexts.close(true);
    }
}
