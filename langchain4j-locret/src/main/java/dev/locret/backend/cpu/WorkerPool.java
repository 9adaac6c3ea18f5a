package dev.locret.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the tasks of one operation on a fixed number of threads, the caller among them. A thread claims its own tasks one
 * by one, then those of others, so a worker that wakes late costs nothing but its share. A thread without a task does
 * what {@link ReadAhead} has for it, which is bounded, and is then parked; nobody spins.
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
        /** How many of its own tasks each thread, or another for it, has claimed: thread, thread + threads, and so on. */
        final AtomicIntegerArray claimed;

        final AtomicInteger done = new AtomicInteger();
        volatile RuntimeException failure;
        volatile Error error;

        Job(Task task, int tasks, int threads) {
            this.task = task;
            this.tasks = tasks;
            this.claimed = new AtomicIntegerArray(threads);
            this.caller = Thread.currentThread();
        }

        void work(int thread) {
            int threads = claimed.length();
            for (int i = 0; i < threads; i++) {
                int owner = (thread + i) % threads;
                int index = owner + claimed.getAndIncrement(owner) * threads;
                while (index < tasks) {
                    run(index, thread);
                    index = owner + claimed.getAndIncrement(owner) * threads;
                }
            }
        }

        private void run(int index, int thread) {
            try {
                task.run(index, thread);
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

    private final Thread[] workers;
    private final ReadAhead readAhead;
    private volatile Job job;
    private volatile boolean closed;

    WorkerPool(int threads) {
        workers = new Thread[threads - 1];
        readAhead = new ReadAhead(threads);
        for (int i = 0; i < workers.length; i++) {
            int thread = i + 1;
            workers[i] = new Thread(() -> serve(thread), "locret-cpu-" + thread);
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    /** What threads without a task do. */
    ReadAhead readAhead() {
        return readAhead;
    }

    int threads() {
        return workers.length + 1;
    }

    private void serve(int thread) {
        Job last = null;
        int piece = 0;
        while (!closed) {
            Job current = job;
            if (current != last && current != null) {
                last = current;
                current.work(thread);
                piece = 0;
            } else if (!readAhead.read(thread, piece++)) {
                LockSupport.park(this);
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
        Job current = new Job(task, tasks, threads());
        job = current;
        for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
            LockSupport.unpark(workers[i]);
        }
        current.work(0);
        for (int piece = 0; current.done.get() < tasks; piece++) {
            if (!readAhead.read(0, piece)) {
                LockSupport.park(this);
            }
        }
        job = null;
        if (current.error != null) {
            throw current.error;
        }
        if (current.failure != null) {
            throw current.failure;
        }
    }

    /** Runs {@code task} for every row, in blocks that are worth waking a thread for. */
    void runRows(int rows, int columns, Task task) {
        int block = Math.max(1, 16384 / columns);
        run((rows + block - 1) / block, (index, thread) -> {
            for (int row = index * block; row < Math.min(rows, (index + 1) * block); row++) {
                task.run(row, thread);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
