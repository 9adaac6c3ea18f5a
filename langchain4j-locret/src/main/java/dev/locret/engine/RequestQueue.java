package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Requests that wait for a cache, first come, first served. Those that end while they wait leave it unstarted. */
final class RequestQueue {
    private final Deque<GenerationHandle> waiting = new ArrayDeque<>();
    private final int capacity;
    private int free;
    private boolean closed;

    /**
     * @param capacity requests that may wait
     * @param sessions caches, all free at first
     */
    RequestQueue(int capacity, int sessions) {
        this.capacity = capacity;
        this.free = sessions;
    }

    /** Appends a request; fails with {@code queue-full} or {@code closed}. */
    synchronized void put(GenerationHandle handle) {
        requireOpen();
        waiting.removeIf(GenerationHandle::isDone);
        // A request that finds a free cache does not wait, even if the worker has not come to fetch it yet.
        if (waiting.size() >= capacity + free) {
            throw new LocretException(
                    ErrorId.QUEUE_FULL,
                    "queue is full: waiting=" + (waiting.size() - free) + ", queue-capacity=" + capacity);
        }
        waiting.add(handle);
        notifyAll();
    }

    private void requireOpen() {
        if (closed) {
            throw new LocretException(ErrorId.CLOSED, "engine: closed");
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
            if (closed || free == 0) {
                return null;
            }
            GenerationHandle next = waiting.poll();
            if (next != null) {
                free--;
                return next;
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
    }

    /** Ends requests whose time is over. */
    synchronized void expire() {
        waiting.forEach(GenerationHandle::expire);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Refuses further requests and returns those that waited. */
    synchronized List<GenerationHandle> close() {
        closed = true;
        List<GenerationHandle> rest = new ArrayList<>(waiting);
        waiting.clear();
        notifyAll();
        return rest;
    }
}
