// Checks of every memory access of a kernel, in check mode: bounds, races in shared memory and between blocks. The check
// build is compiled with -fsanitize=thread, which calls __tsan_read4 and so on; they are defined here, without libtsan.
#include "worker.h"
#include <cstdio>

namespace emu {
static void race(Shadow* s, int bytes, bool write, uintptr_t at) {
    int me = fiber->linear + 1, sync = fiber->warp->syncs & 0xffff;
    unsigned now = block->generation; // goes up at each barrier
    auto ordered = [&](int other, int otherSync) {
        return !other || other == me || ((other - 1) / 32 == (me - 1) / 32 && otherSync != sync);
    };
    for (int i = 0; i < bytes; i++) {
        Shadow& c = s[i];
        if (c.generation != now) {
            c = Shadow{now, 0, 0, 0, 0, false};
        }
        if (!ordered(c.writer, c.writeSync) || (write && (c.manyReaders || !ordered(c.reader, c.readSync)))) {
            snprintf(worker->fault, sizeof worker->fault,
                     "shared memory race: %s at %p conflicts with thread %d, no barrier between",
                     write ? "write" : "read", (void*)(at + i),
                     (ordered(c.writer, c.writeSync) ? c.reader : c.writer) - 1);
            stuck(worker->fault);
        }
        if (write) {
            c.writer = me;
            c.writeSync = sync;
        } else {
            if (c.reader && (c.reader - 1) / 32 != (me - 1) / 32) {
                c.manyReaders = true;
            }
            c.reader = me;
            c.readSync = sync;
        }
    }
}
// Atomics are not seen here, so do not count.
static void raceBetweenBlocks(uint64_t* s, int bytes, bool write, uintptr_t at) {
    Block* b = block;
    uint64_t mine = (uint64_t)launch << 32 | (b->bid.x + b->gdim.x * (b->bid.y + b->gdim.y * b->bid.z) + 1);
    for (int i = 0; i < bytes; i++) {
        uint64_t seen = __atomic_load_n(&s[i], __ATOMIC_RELAXED);
        if (seen != mine && seen >> 32 == launch && (write || !b->fenced)) {
            snprintf(worker->fault, sizeof worker->fault,
                     "race between blocks: %s at %p, which block %u wrote, without atomic",
                     write ? "write" : "read", (void*)(at + i), (unsigned)seen - 1);
            stuck(worker->fault);
        }
        if (write) {
            __atomic_store_n(&s[i], mine, __ATOMIC_RELAXED);
        }
    }
}
static void access(void* p, size_t bytes, bool write) {
    if (!fiber) {
        return;
    }
    Worker* w = worker;
    uintptr_t a = (uintptr_t)p;
    auto in = [&](const void* q, size_t n) { return a >= (uintptr_t)q && a + bytes <= (uintptr_t)q + n; };
    if (in(w->stacks, STACK * MAX_THREADS) || in(w->warps, sizeof(Warp) * MAX_THREADS / 32) || in(w, sizeof *w) ||
        in(w->fibers.data(), sizeof(Fiber) * MAX_THREADS) || in(&block, 8) || in(&fiber, 8)) {
        return; // locals; the emulator itself
    }
    if (w->shadow.size() < w->tlsBytes + MAX_DYNAMIC) {
        w->shadow.resize(w->tlsBytes + MAX_DYNAMIC);
    }
    if (in(w->tls, w->tlsBytes)) {
        return race(&w->shadow[a - (uintptr_t)w->tls], bytes, write, a);
    }
    if (in(w->block.dyn, w->block.dynBytes)) {
        return race(&w->shadow[w->tlsBytes + MAX_DYNAMIC - ((uintptr_t)w->dynamicEnd - a)], bytes, write, a);
    }
    if (in((void*)w->libraryBegin, w->libraryEnd - w->libraryBegin)) {
        return;
    }
    Span s;
    if (findAllocation(a, &s) && a + bytes <= s.end) {
        if (s.shadow) {
            raceBetweenBlocks(s.shadow + (a - s.begin), bytes, write, a);
        }
        return;
    }
    bool known = findAllocation(a, &s) || findAllocation(a - 1, &s);
    snprintf(w->fault, sizeof w->fault, "%s of %zu bytes at %p: %s", write ? "write" : "read", bytes, p,
             known ? "past the end of its allocation" : "not device memory");
    stuck(w->fault);
}
// cp.async: the bytes arrive as late as allowed, at the wait; until then the target is poison.
void copyAsync(void* dst, const void* src, int bytes) {
    if (control->check) {
        access(dst, bytes, true);
        if (src) {
            access((void*)src, bytes, false);
        }
    }
    memset(dst, 0xFF, bytes);
    fiber->copies.push_back({dst, src, bytes, fiber->group});
}
void copyCommit() {
    fiber->group++;
}
void copyWait(int groupsLeft) {
    auto& c = fiber->copies;
    size_t kept = 0;
    for (auto& x : c) {
        if (x.group >= fiber->group - groupsLeft) {
            c[kept++] = x;
        } else {
            if (control->check) {
                access(x.dst, x.bytes, true);
            }
            if (x.src) {
                memcpy(x.dst, x.src, x.bytes);
            } else {
                memset(x.dst, 0, x.bytes);
            }
        }
    }
    c.resize(kept);
}
} // namespace emu
#define HOOK extern "C" __attribute__((visibility("default"))) void
#define HOOKS(n)                                                                                                   \
    HOOK __tsan_read##n(void* p) {                                                                                 \
        emu::access(p, n, false);                                                                                  \
    }                                                                                                              \
    HOOK __tsan_write##n(void* p) {                                                                                \
        emu::access(p, n, true);                                                                                   \
    }                                                                                                              \
    HOOK __tsan_unaligned_read##n(void* p) {                                                                       \
        emu::access(p, n, false);                                                                                  \
    }                                                                                                              \
    HOOK __tsan_unaligned_write##n(void* p) {                                                                      \
        emu::access(p, n, true);                                                                                   \
    }                                                                                                              \
    HOOK __tsan_volatile_read##n(void* p) {                                                                        \
        emu::access(p, n, false);                                                                                  \
    }                                                                                                              \
    HOOK __tsan_volatile_write##n(void* p) {                                                                       \
        emu::access(p, n, true);                                                                                   \
    }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)
HOOK __tsan_read_range(void* p, size_t n) {
    emu::access(p, n, false);
}
HOOK __tsan_write_range(void* p, size_t n) {
    emu::access(p, n, true);
}
HOOK __tsan_vptr_update(void*, void*) {}
HOOK __tsan_vptr_read(void*) {}
HOOK __tsan_init() {
}
HOOK __tsan_func_entry(void*) {}
HOOK __tsan_func_exit() {}
