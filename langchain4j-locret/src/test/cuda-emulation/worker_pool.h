// Threads that run blocks of kernels; never a Java thread, so that a fault in a kernel is not the JVM's.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace driver {
class WorkerPool {
    std::mutex guard;
    std::condition_variable start, done;
    const std::function<void()>* job = nullptr;
    int generation = 0, left = 0, size = 0;

    void work() {
        for (int seen = 0;;) {
            const std::function<void()>* mine;
            {
                std::unique_lock<std::mutex> lock(guard);
                start.wait(lock, [&] { return generation != seen; });
                seen = generation;
                mine = job;
            }
            (*mine)();
            std::lock_guard<std::mutex> lock(guard);
            if (--left == 0) {
                done.notify_all();
            }
        }
    }

public:
    /** Runs a job on every thread and waits for all of them. */
    void run(const std::function<void()>& f) {
        if (!size) {
            size = std::max(1u, std::thread::hardware_concurrency());
            for (int i = 0; i < size; i++) {
                std::thread([this] { work(); }).detach();
            }
        }
        std::unique_lock<std::mutex> lock(guard);
        job = &f;
        left = size;
        generation++;
        start.notify_all();
        done.wait(lock, [&] { return left == 0; });
    }
};

inline WorkerPool& workerPool() {
    static WorkerPool& pool = *new WorkerPool; // never destroyed: its threads outlive main
    return pool;
}
} // namespace driver
