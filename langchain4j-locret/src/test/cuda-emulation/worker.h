// What runs blocks on one OS thread, for the scheduler and the checks of memory accesses.
#pragma once
#include "control.h"
#include "emulation.h"

namespace emu {
constexpr size_t STACK = 128 << 10;   // of a CUDA thread
constexpr int MAX_THREADS = 1024;     // of a block
constexpr int MAX_DYNAMIC = 256 << 10; // bytes of dynamic shared memory

/** Who touched one byte of shared memory since the last barrier; threads are numbered from 1. */
struct Shadow {
    unsigned generation;
    unsigned short writer, writeSync, reader, readSync;
    bool manyReaders;
};

struct Worker {
    Block block{};
    std::vector<Fiber> fibers{MAX_THREADS};
    Warp* warps;
    char* stacks;
    unsigned char* dynamicEnd;
    char* tls; // of the library that holds the kernel: its static __shared__
    size_t tlsBytes;
    uintptr_t libraryBegin, libraryEnd; // its constants lie there
    std::vector<Shadow> shadow;
    unsigned long long random = 0;
    char error[400], fault[200];
};
extern thread_local Worker* worker __attribute__((tls_model("initial-exec")));
} // namespace emu
