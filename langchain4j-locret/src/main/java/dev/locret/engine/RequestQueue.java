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
    private boolean closed;
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
     * Adds a request; fails with {@code queue-full} or {@code closed}.
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
        if (closed) {
            throw new LocretException(ErrorId.CLOSED, "engine: closed");
        }
        if (drained != null) {
            throw new LocretException(ErrorId.CLOSED, "engine: shutting down, no further requests");
        }
    }

    /**
     * The next request, which takes a free cache.
     *
     * @param block whether to wait for one
     * @return null if there is none, no cache is free, or the queue was closed
     */
    synchronized GenerationHandle take(boolean block) throws InterruptedException {
        while (true) {
            waiting.forEach(GenerationHandle::expire);
            waiting.removeIf(GenerationHandle::isDone);
            tellDrained();
            if (closed || free == 0) {
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
        if (drained != null && (closed || free == sessions && waiting.isEmpty())) {
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

    synchronized boolean isClosed() {
        return closed;
    }

    /** Refuses further requests and returns those that waited. */
    synchronized List<GenerationHandle> close() {
        closed = true;
        List<GenerationHandle> rest = new ArrayList<>(waiting);
        waiting.clear();
        tellDrained();
        notifyAll();
        return rest;
    }
}
