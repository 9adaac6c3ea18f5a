package dev.locret.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the tasks of one operation on a fixed number of threads, the caller among them. Tasks are claimed one by one, so
 * a worker that wakes late costs nothing but its share. Idle workers are parked; nobody spins.
 */
final class WorkerPool implements AutoCloseable {
    /** One task of an operation. */
    @FunctionalInterface
    interface Task {
        /**
         * @param index task, {@code 0 .. tasks - 1}
         * @param thread which thread runs it, {@code 0 .. threads - 1}: the key to scratch memory
         */
        void run(int index, int thread);
    }

    private static final class Job {
        final Task task;
        final int tasks;
        final Thread caller;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        volatile RuntimeException failure;
        volatile Error error;

        Job(Task task, int tasks) {
            this.task = task;
            this.tasks = tasks;
            this.caller = Thread.currentThread();
        }

        void work(int thread) {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    task.run(i, thread);
                } catch (RuntimeException e) {
                    failure = e;
                } catch (Error e) {
                    // Out of memory, say: the caller must hear of it instead of waiting for ever.
                    error = e;
                }
                if (done.incrementAndGet() == tasks && thread != 0) {
                    LockSupport.unpark(caller);
                }
            }
        }
    }

    private final Thread[] workers;
    private volatile Job job;
    private volatile boolean closed;

    WorkerPool(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int thread = i + 1;
            workers[i] = new Thread(() -> serve(thread), "locret-cpu-" + thread);
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    int threads() {
        return workers.length + 1;
    }

    private void serve(int thread) {
        Job last = null;
        while (!closed) {
            Job current = job;
            if (current == last || current == null) {
                LockSupport.park(this);
            } else {
                last = current;
                current.work(thread);
            }
        }
    }

    /** Runs all tasks and returns when they are done. Called by one thread at a time. */
    void run(int tasks, Task task) {
        if (tasks <= 1 || workers.length == 0) {
            for (int i = 0; i < tasks; i++) {
                task.run(i, 0);
            }
            return;
        }
        Job current = new Job(task, tasks);
        job = current;
        for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
            LockSupport.unpark(workers[i]);
        }
        current.work(0);
        while (current.done.get() < tasks) {
            LockSupport.park(this);
        }
        job = null;
        if (current.error != null) {
            throw current.error;
        }
        if (current.failure != null) {
            throw current.failure;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
