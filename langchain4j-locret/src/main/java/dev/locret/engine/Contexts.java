package dev.locret.engine;

import dev.locret.cache.CachePlan;
import dev.locret.cache.CacheSnapshot;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.generate.SamplingParameters;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Texts that are read once and asked often. Reading one leaves its entries under a name; a request with that name in
 * {@link GenerationRequest#context()} goes on from there. Each question gets a copy, so questions at the same time, and a
 * context that is read again or removed meanwhile, do not disturb each other.
 *
 * <p>A question of at most as many tokens as the local part may have is answered as if the whole text had been the prompt
 * and the question its local part.
 *
 * <p>Safe for several threads. Errors are {@link LocretException}s.
 */
public final class Contexts {
    private static final Logger LOG = LoggerFactory.getLogger(Contexts.class);
    private static final int MAX_NAME = 200;

    private final EngineParts parts;
    private final ContextStore store;
    private final Consumer<GenerationHandle> queue;
    private final Map<String, ReadingHandle> running = new ConcurrentHashMap<>();
    /** Writes files, so that the engine's worker goes on. */
    private final ExecutorService writer;

    /**
     * @param queue takes readings that wait for a cache
     */
    Contexts(EngineParts parts, ContextStore store, Consumer<GenerationHandle> queue) {
        this.parts = parts;
        this.store = store;
        this.queue = queue;
        this.writer = store.savesFiles() ? Executors.newSingleThreadExecutor(Contexts::thread) : null;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "locret-contexts");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Reads a text, after the requests that wait. If this very text is kept under the name already, that is all.
     *
     * @param listener told of progress
     * @throws LocretException ({@code invalid-prompt}, {@code invalid-argument}) if it cannot be read or a text is being
     *     read under that name, {@code contexts-full}, {@code queue-full}, {@code closed}
     */
    public ContextReading read(ContextRequest request, GenerationListener listener) {
        String name = checked(request.name());
        Checks.notNull("listener", listener);
        int[] tokens = Checks.notNull("context-tokens", request.tokens()).clone();
        GenerationRequest prompt = prompt(request, tokens, request.policy());
        parts.check(prompt, null);
        CachePlan plan = parts.plan(prompt, null);
        EvictionPolicy policy = policy(prompt, plan);
        ReadContext known = known(name);
        if (known != null && known.text().isOf(tokens, policy.name(), plan.budget())) {
            return ReadingHandle.done(known.info());
        }
        int entries = Math.min(tokens.length, policy.evicts() ? plan.budget() : plan.capacity());
        store.requireRoom(name, CacheSnapshot.bytes(parts.caches().get(0), entries) + 4L * tokens.length);
        ReadingHandle reading = new ReadingHandle(name);
        Checks.argument(
                running.putIfAbsent(name, reading) == null, () -> "contexts: still being read: context=" + name);
        reading.whenDone(() -> running.remove(name, reading));
        try {
            start(name, prompt(request, tokens, policy.name()), reading, listener);
        } catch (RuntimeException e) {
            reading.fail(e);
            throw e;
        }
        return reading;
    }

    private void start(String name, GenerationRequest prompt, ReadingHandle reading, GenerationListener listener) {
        Executor keeper = writer == null ? Runnable::run : writer;
        SnapshotTaker taker = (snapshot, policy) -> {
            int budget = parts.plan(prompt, null).budget();
            ReadContext context = ReadContext.of(name, prompt.promptTokens(), policy, budget, snapshot);
            try {
                keeper.execute(() -> keep(context, reading));
            } catch (RejectedExecutionException e) {
                throw new LocretException(ErrorId.CLOSED, "engine: closed", e);
            }
        };
        GenerationHandle handle =
                new GenerationHandle(prompt, listener, Probe.NONE, null, null, taker, parts.nanoTime());
        handle.whenDone((result, failure) -> {
            if (failure != null) {
                reading.fail((RuntimeException) failure);
            }
        });
        reading.onCancel(handle::cancel);
        queue.accept(handle);
    }

    private void keep(ReadContext context, ReadingHandle reading) {
        try {
            store.keep(context, () -> !reading.isDone());
            reading.complete(context.info());
        } catch (RuntimeException e) {
            reading.fail(e);
        }
    }

    /** A context whose file cannot be used is read again, which mends it. */
    private ReadContext known(String name) {
        try {
            return store.find(name);
        } catch (LocretException e) {
            LOG.info("Context is read again, its file cannot be used: {}", e.getMessage());
            return null;
        }
    }

    /** With policy auto there must be room for a question too, else what was read would be of no use. */
    private EvictionPolicy policy(GenerationRequest prompt, CachePlan plan) {
        long tokens = (long) prompt.promptTokens().length + plan.localTokens();
        return parts.policies().start(prompt, null, (int) Math.min(tokens, Integer.MAX_VALUE), plan);
    }

    private static GenerationRequest prompt(ContextRequest request, int[] tokens, String policy) {
        return new GenerationRequest(tokens, 0, SamplingParameters.GREEDY, 1, List.of(), policy, request.timeout())
                .withCacheBudget(request.cacheBudget())
                .withPriority(request.priority());
    }

    private static String checked(String name) {
        Checks.notNull("context", name);
        Checks.argument(
                !name.isBlank() && name.length() <= MAX_NAME && name.chars().noneMatch(Character::isISOControl),
                () -> "context must have a name of 1 to " + MAX_NAME + " characters without control characters: length="
                        + name.length());
        return name;
    }

    /** The contexts that can be asked, by name. */
    public List<ContextInfo> list() {
        return store.list();
    }

    /** How many there are; cheaper than {@link #list}, since no file is opened: those of other models count as well. */
    public int count() {
        return store.count();
    }

    /**
     * What a context is.
     *
     * @throws LocretException {@code unknown-context}; {@code context-mismatch}, {@code file-damaged} or
     *     {@code file-unsupported} if its file cannot be used
     */
    public ContextInfo describe(String name) {
        return require(name).info();
    }

    /**
     * What a context holds: its tokens, and which of them each KV head kept. Fails like {@link #describe}.
     */
    public ContextContent content(String name) {
        return ContextContent.of(require(name));
    }

    /** Forgets a context and deletes its file; returns whether there was one. Running questions end as they would. */
    public boolean remove(String name) {
        return store.remove(checked(name));
    }

    /** The context that a request names. */
    ReadContext require(String name) {
        ReadContext context = store.find(checked(name));
        if (context == null) {
            throw new LocretException(
                    ErrorId.UNKNOWN_CONTEXT,
                    running.containsKey(name)
                            ? "contexts: still being read: context=" + name
                            : "contexts: not read: context=" + name + ", known=" + names());
        }
        return context;
    }

    /**
     * The cache that a question waits with. One that is on disk may leave the memory until the question starts, so that
     * many that wait take no more than memory has for them.
     *
     * @param context a context, or null for none
     */
    Supplier<CacheSnapshot> whileWaiting(ReadContext context) {
        if (context == null) {
            return null;
        }
        if (!store.savesFiles()) {
            return context::snapshot;
        }
        ContextText text = context.text();
        WeakReference<CacheSnapshot> snapshot = new WeakReference<>(context.snapshot());
        return () -> {
            CacheSnapshot kept = snapshot.get();
            return kept == null ? again(text) : kept;
        };
    }

    private CacheSnapshot again(ContextText text) {
        ReadContext found = store.find(text.name());
        Checks.check(
                found != null && found.text().hash().equals(text.hash()),
                ErrorId.UNKNOWN_CONTEXT,
                () -> "contexts: " + (found == null ? "removed" : "replaced") + " while a question waited: context="
                        + text.name());
        return found.snapshot();
    }

    private String names() {
        List<String> names = store.list().stream().map(ContextInfo::name).toList();
        return names.isEmpty() ? "none" : String.join(", ", names.subList(0, Math.min(20, names.size())));
    }

    /**
     * Saves what was read, and takes no more.
     *
     * @param wait whether to wait until that is done
     */
    void close(boolean wait) {
        if (writer == null) {
            return;
        }
        writer.shutdown();
        if (!wait) {
            return;
        }
        boolean interrupted = false;
        while (!writer.isTerminated()) {
            try {
                writer.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
