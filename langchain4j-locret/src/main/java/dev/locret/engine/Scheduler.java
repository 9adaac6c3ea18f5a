package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.cache.KvCache;
import dev.locret.model.Segment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The one thread that owns the device. It alternates between a chunk of the prompt whose turn it is and a decode step of
 * all answers under way as one batch, and takes such steps between the layers of a chunk when {@link DecodePace} says so,
 * so that a long prompt does not stop the answers of others.
 */
final class Scheduler implements Runnable {
    /** Ends a forward whose generation has ended. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("forward abandoned", null, false, false);
        }
    }

    private final EngineParts parts;
    private final RequestQueue queue;
    private final Deque<KvCache> caches;
    /** In the order in which they get their next chunk. */
    private final Deque<ActiveGeneration> active = new ArrayDeque<>();

    private final DecodePace pace;

    Scheduler(EngineParts parts, RequestQueue queue) {
        this.parts = parts;
        this.queue = queue;
        this.caches = new ArrayDeque<>(parts.caches());
        this.pace = new DecodePace(parts.settings().tokenGapMillis(), parts.nanoTime());
    }

    @Override
    public void run() {
        try {
            while (!queue.isClosed()) {
                admit();
                readChunk();
                pace.step(this::decodeStep);
                dropEnded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Also when an Error ends this thread: nobody may wait for ever.
            List<GenerationHandle> waiting = queue.end();
            waiting.forEach(handle -> handle.fail(queue.ended()));
            active.forEach(generation -> generation.handle().fail(queue.ended()));
            // Also after a failure: another engine needs the memory.
            parts.backend().close();
        }
    }

    private void admit() throws InterruptedException {
        GenerationHandle next = queue.take(active.isEmpty());
        while (next != null) {
            KvCache cache = caches.pop();
            try {
                ActiveGeneration generation = new ActiveGeneration(next, cache, parts);
                active.add(generation);
                generation.tellStarted(parts.monitor());
            } catch (RuntimeException e) {
                fail(next, e);
                release(cache);
            }
            next = queue.take(false);
        }
    }

    private void release(KvCache cache) {
        cache.clear();
        caches.push(cache);
        queue.release();
    }

    private void dropEnded() {
        active.removeIf(generation -> {
            boolean ended = generation.handle().isDone();
            if (ended) {
                release(generation.session().cache());
            }
            return ended;
        });
    }

    /** Reads a chunk of the first prompt that is not read yet, which then goes to the end of the line. */
    private void readChunk() {
        ActiveGeneration reader = null;
        for (ActiveGeneration generation : active) {
            if (generation.reading() && !generation.handle().isDone()) {
                reader = generation;
                break;
            }
        }
        if (reader == null) {
            return;
        }
        active.remove(reader);
        active.add(reader);
        ActiveGeneration current = reader;
        pace.chunkBegins();
        attempt(current, () -> {
            Matrix logits = parts.decoder().forward(List.of(current.nextChunk()), () -> betweenLayers(current));
            current.chunkDone(logits);
            if (!current.reading() && current.answers()) {
                choose(List.of(current), logits);
            }
        });
    }

    private void decodeStep() {
        List<ActiveGeneration> ready = new ArrayList<>(active.size());
        for (ActiveGeneration generation : active) {
            if (!generation.reading() && !generation.handle().isDone()) {
                ready.add(generation);
            }
        }
        for (int from = 0; from < ready.size(); from += Backend.STEP_ROWS) {
            List<ActiveGeneration> batch =
                    List.copyOf(ready.subList(from, Math.min(ready.size(), from + Backend.STEP_ROWS)));
            if (batch.size() == 1) {
                attempt(batch.get(0), () -> step(batch));
            } else {
                stepTogether(batch);
            }
        }
    }

    /** If a batch fails, what it appended is taken back and each session goes alone, so that only the culprit ends. */
    private void stepTogether(List<ActiveGeneration> batch) {
        Matrix logits;
        try {
            logits = forward(batch);
        } catch (Abandoned e) {
            return;
        } catch (RuntimeException e) {
            for (ActiveGeneration generation : batch) {
                generation.session().restore();
            }
            for (ActiveGeneration generation : batch) {
                attempt(generation, () -> step(List.of(generation)));
            }
            return;
        }
        try {
            choose(batch, logits);
        } catch (RuntimeException e) {
            // The device failed: a kernel's error shows only when something waits for it.
            batch.forEach(generation -> fail(generation.handle(), e));
        }
    }

    private void step(List<ActiveGeneration> batch) {
        choose(batch, forward(batch));
    }

    private Matrix forward(List<ActiveGeneration> batch) {
        List<Segment> segments = new ArrayList<>(batch.size());
        for (ActiveGeneration generation : batch) {
            segments.add(generation.nextStep());
            generation.session().mark();
        }
        GenerationHandle alone = batch.size() == 1 ? batch.get(0).handle() : null;
        return parts.decoder().forward(segments, () -> checkpoint(alone));
    }

    private void choose(List<ActiveGeneration> batch, Matrix logits) {
        SamplingSpec[] specs = new SamplingSpec[batch.size()];
        for (int i = 0; i < specs.length; i++) {
            int row = i;
            // A grammar may find no way on; the row of a generation that failed is sampled for nothing.
            specs[i] = SamplingSpec.GREEDY;
            attempt(batch.get(i), () -> specs[row] = batch.get(row).sampling());
        }
        int[] tokens = parts.backend().sample(logits, specs);
        for (int i = 0; i < tokens.length; i++) {
            int token = tokens[i];
            Matrix row = logits.from(i);
            ActiveGeneration generation = batch.get(i);
            if (!generation.handle().isDone()) {
                attempt(generation, () -> generation.accept(token, row));
            }
        }
    }

    /** Runs what concerns one generation; what goes wrong ends that one. */
    private void attempt(ActiveGeneration generation, Runnable work) {
        try {
            work.run();
        } catch (Abandoned e) {
            // Its handle has ended already, or the engine closes.
            return;
        } catch (RuntimeException e) {
            fail(generation.handle(), e);
        }
    }

    /** Ends a generation; if the device is lost, who waits for it finds that out from the engine. */
    private void fail(GenerationHandle handle, RuntimeException failure) {
        parts.backend().failure().ifPresent(queue::fail);
        handle.fail(failure);
    }

    /** Runs before every layer of a chunk: answers that have waited long enough for it get a token. */
    private void betweenLayers(ActiveGeneration reader) {
        checkpoint(reader.handle());
        if (pace.isDue()) {
            pace.step(this::decodeStep);
        }
    }

    /**
     * Runs before every layer.
     *
     * @param alone the only generation of the forward, or null: a batch is not abandoned for one of several
     */
    private void checkpoint(GenerationHandle alone) {
        queue.expire();
        for (ActiveGeneration generation : active) {
            generation.handle().expire();
        }
        if (queue.isClosed() || alone != null && alone.isDone()) {
            throw new Abandoned();
        }
    }
}
