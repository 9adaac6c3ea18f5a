package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests that wait for a cache: those of higher priority first, of the same priority first come, first served. Those
 * that end while they wait leave it unstarted.
 */
final class RequestQueue {
    private final List<GenerationHandle> waiting = new ArrayList<>();
    private final int capacity;
    private final int sessions;
    private int free;
    private EngineState state = EngineState.RUNNING;
    private LocretException failure;
    /** Completes when nothing waits or runs any more; null while requests are accepted. */
    private CompletableFuture<Void> drained;

    /**
     * @param capacity requests that may wait
     * @param sessions caches, all free at first
     */
    RequestQueue(int capacity, int sessions) {
        this.capacity = capacity;
        this.sessions = sessions;
        this.free = sessions;
    }

    /**
     * Adds a request; fails with {@code queue-full}, {@code closed} or {@code device-failed}.
     *
     * @return requests that wait now
     */
    synchronized int put(GenerationHandle handle) {
        requireOpen();
        waiting.removeIf(GenerationHandle::isDone);
        // A request that finds a free cache does not wait, even if the worker has not come to fetch it yet.
        if (waiting.size() >= capacity + free) {
            throw new LocretException(
                    ErrorId.QUEUE_FULL,
                    "queue is full: waiting=" + (waiting.size() - free) + ", queue-capacity=" + capacity);
        }
        int at = waiting.size();
        while (at > 0
                && waiting.get(at - 1).request().priority() < handle.request().priority()) {
            at--;
        }
        waiting.add(at, handle);
        notifyAll();
        return waiting.size();
    }

    private void requireOpen() {
        if (state != EngineState.RUNNING) {
            throw ended();
        }
        if (drained != null) {
            throw new LocretException(ErrorId.CLOSED, "engine: shutting down, no further requests");
        }
    }

    /**
     * The next request, which takes a free cache.
     *
     * @param block whether to wait for one
     * @return null if there is none, no cache is free, or the queue takes none any more
     */
    synchronized GenerationHandle take(boolean block) throws InterruptedException {
        while (true) {
            waiting.forEach(GenerationHandle::expire);
            waiting.removeIf(GenerationHandle::isDone);
            tellDrained();
            if (state != EngineState.RUNNING || free == 0) {
                return null;
            }
            if (!waiting.isEmpty()) {
                free--;
                return waiting.remove(0);
            }
            if (!block) {
                return null;
            }
            wait();
        }
    }

    /** Gives a cache back. */
    synchronized void release() {
        free++;
        tellDrained();
    }

    /**
     * Refuses further requests; those that wait and run go on.
     *
     * @return completes when they have ended, or the queue is closed
     */
    synchronized CompletableFuture<Void> drain() {
        if (drained == null) {
            drained = new CompletableFuture<>();
            tellDrained();
        }
        return drained.copy();
    }

    /** Accepts requests again after {@link #drain}. */
    synchronized void resume() {
        if (drained != null) {
            drained.complete(null);
            drained = null;
        }
    }

    private void tellDrained() {
        if (drained != null && (state != EngineState.RUNNING || free == sessions && waiting.isEmpty())) {
            drained.complete(null);
        }
    }

    /** Ends requests whose time is over. */
    synchronized void expire() {
        waiting.forEach(GenerationHandle::expire);
    }

    /**
     * What waits and runs now.
     *
     * @param now by the clock that requests were submitted by
     */
    synchronized EngineStatus.Queue status(long now) {
        int count = 0;
        long longest = 0;
        for (GenerationHandle handle : waiting) {
            if (!handle.isDone()) {
                count++;
                longest = Math.max(longest, now - handle.submitted());
            }
        }
        return new EngineStatus.Queue(count, capacity, sessions - free, sessions, Duration.ofNanos(longest));
    }

    synchronized EngineState state() {
        return state;
    }

    /** What was wrong with the device, or null. */
    synchronized LocretException failure() {
        return failure;
    }

    synchronized boolean isClosed() {
        return state != EngineState.RUNNING;
    }

    /** What a request fails with that comes, or is still there, after the end. */
    synchronized LocretException ended() {
        return state == EngineState.DEVICE_FAILED
                ? new LocretException(
                        ErrorId.DEVICE_FAILED,
                        "engine: its device failed, load another engine: " + failure.getMessage(),
                        failure)
                : new LocretException(ErrorId.CLOSED, "engine: closed");
    }

    /** Refuses further requests because the device is lost, unless that was so before. */
    synchronized void fail(LocretException deviceFailure) {
        if (state == EngineState.RUNNING) {
            state = EngineState.DEVICE_FAILED;
            failure = deviceFailure;
            tellDrained();
        }
    }

    /** Refuses further requests because the engine is closed, and returns those that waited. */
    synchronized List<GenerationHandle> close() {
        state = EngineState.CLOSED;
        return end();
    }

    /** Refuses further requests, for the reason that there was before if there was one, and returns those that waited. */
    synchronized List<GenerationHandle> end() {
        if (state == EngineState.RUNNING) {
            state = EngineState.CLOSED;
        }
        List<GenerationHandle> rest = new ArrayList<>(waiting);
        waiting.clear();
        tellDrained();
        notifyAll();
        return rest;
    }
}
