// What the emulated driver and the host-compiled kernels share: blocks, warps, fibers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <type_traits>
#include <vector>
#pragma GCC visibility push(default)
namespace emu {
constexpr int SLOT = 64; // bytes that one lane can bring to a warp collective
typedef unsigned char (*Slots)[SLOT];
struct Dim {
    unsigned x, y, z;
};
struct AsyncCopy {
    void* dst;
    const void* src;
    int bytes, group;
};
struct Warp {
    struct Op {
        unsigned arrived, generation;
    } op[32];                            // indexed by the lowest lane of the mask
    unsigned char slot[32][2][32][SLOT]; // [lowest lane][generation & 1][lane]: two, since a fast lane may be one
                                         // collective ahead
    unsigned syncs;                      // __syncwarp so far
};
struct Fiber { // one CUDA thread
    void* sp;
    Dim tid;
    int linear, lane, next, prev; // next, prev: ring of the threads still alive
    Warp* warp;
    std::vector<AsyncCopy> copies;
    int group; // cp.async not yet waited for
};
struct Block { // runs on one OS thread; __shared__ is thread_local
    Dim bid, bdim, gdim;
    int threads, live, arrived;
    unsigned generation; // arrived, generation: of __syncthreads
    Fiber* fibers;
    Warp* warps;
    unsigned char* dyn;
    size_t dynBytes;
    long idle;
    bool fenced;
    void* schedulerSp;
    void (*run)(void*);
    void* arg;
};
struct Kernel { // what EMU_KERNEL registers
    const char* name;
    int params;
    const unsigned* sizes;
    void (*call)(void** params);
    void (*touch)();
    bool checked; // built with every memory access checked
};
extern thread_local Block* block __attribute__((tls_model("initial-exec")));
extern thread_local Fiber* fiber __attribute__((tls_model("initial-exec")));
void switchTo(void** saveSp, void* sp);
void stuck(const char* why); // reports the current thread and abandons the block; does not return
const char* runBlock(const Kernel*, void** params, Dim bid, Dim grid, Dim bdim,
                     size_t dynBytes); // null or a message

/** Memory that a kernel may touch. */
struct Span {
    uintptr_t begin, end;
    uint64_t* shadow; // of device memory in check mode: for each byte launch << 32 | block + 1 of the last write
};
bool findAllocation(uintptr_t at, Span*);
extern unsigned launch; // number of the running kernel

// Lets the next thread run; that all wait for something that cannot come is an error.
inline void yield(const char* why) {
    if (fiber->next == fiber->linear || ++block->idle > 8L * block->threads + 64) {
        stuck(why);
    }
    Fiber* me = fiber;
    fiber = &block->fibers[me->next];
    switchTo(&me->sp, fiber->sp);
}
inline void barrier() {
    Block* b = block;
    unsigned mine = b->generation;
    b->idle = 0;
    if (++b->arrived == b->live) {
        b->arrived = 0;
        b->generation++;
        return;
    }
    do {
        yield("__syncthreads not reached by every thread");
    } while (b->generation == mine);
    b->idle = 0;
}
// Warp collective: every lane of the mask brings `in`; the last to arrive runs finish(slots); then each lane reads
// its slot.
template <class Finish>
inline Slots collect(unsigned mask, const void* in, int bytes, Finish finish) {
    Fiber* f = fiber;
    int lowest = __builtin_ctz(mask);
    Warp::Op& op = f->warp->op[lowest];
    unsigned mine = op.generation;
    Slots slots = f->warp->slot[lowest][mine & 1];
    if (!(mask >> f->lane & 1)) {
        stuck("warp collective: own lane is not in the mask");
    }
    if (bytes) {
        memcpy(slots[f->lane], in, bytes);
    }
    op.arrived |= 1u << f->lane;
    block->idle = 0;
    if ((op.arrived & mask) == mask) {
        finish(slots);
        op.arrived = 0;
        op.generation++;
        return slots;
    }
    do {
        yield("warp collective: a lane of the mask never arrived");
    } while (op.generation == mine);
    block->idle = 0;
    return slots;
}
template <class T>
inline T shuffle(unsigned mask, T v, int from, bool inRange) {
    auto slots = collect(mask, &v, sizeof v, [](auto) {});
    if (!inRange) {
        return v;
    }
    if (!(mask >> from & 1)) {
        stuck("shuffle reads a lane outside the mask");
    }
    T r;
    memcpy(&r, slots[from], sizeof r);
    return r;
}
void copyAsync(void* dst, const void* src, int bytes); // cp.async; src null: zeros
void copyCommit();
void copyWait(int groupsLeft);
template <auto K>
struct Caller; // argument types from the kernel's own signature
template <class... A, void (*K)(A...)>
struct Caller<K> {
    static constexpr unsigned sizes[sizeof...(A) + 1] = {sizeof(A)..., 0};
    template <size_t... I>
    __attribute__((no_sanitize("thread"))) static void unpack(void** p, std::index_sequence<I...>) {
        K(*(std::remove_const_t<A>*)p[I]...);
    }
    static void call(void** p) {
        unpack(p, std::index_sequence_for<A...>());
    }
};
} // namespace emu
extern "C" void emu_register_kernel(const emu::Kernel*);
#pragma GCC visibility pop
#ifdef EMU_CHECK
#define EMU_CHECKED true
#else
#define EMU_CHECKED false
#endif
// touch: the library's thread-local block (its __shared__) exists only once it was used, and must exist to be poisoned.
#define EMU_KERNEL(k)                                                                                              \
    static const emu::Kernel emu_kernel_##k = {#k,                                                                 \
                                               int(sizeof(emu::Caller<k>::sizes) / sizeof(unsigned)) - 1,          \
                                               emu::Caller<k>::sizes,                                              \
                                               emu::Caller<k>::call,                                               \
                                               [] {                                                                \
                                                   static thread_local volatile char used;                         \
                                                   used = used;                                                    \
                                               },                                                                  \
                                               EMU_CHECKED};                                                       \
    __attribute__((constructor)) static void emu_register_##k() {                                                  \
        emu_register_kernel(&emu_kernel_##k);                                                                      \
    }
