// Runs one block of a host-compiled kernel: a fiber per CUDA thread, switched by hand at barriers and warp
// collectives. Guard pages and traps (SIGSEGV, SIGBUS, SIGILL) end a block with a message.
#include "worker.h"
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <cstdio>
#include <algorithm>

namespace emu {
static constexpr size_t PAGE = 4096;

thread_local Block* block;
thread_local Fiber* fiber;
unsigned launch;
thread_local Worker* worker __attribute__((tls_model("initial-exec")));

#ifndef __x86_64__
#error "switchTo is written for x86-64"
#endif
asm(R"(.text
.globl _ZN3emu8switchToEPPvS0_
.type _ZN3emu8switchToEPPvS0_,@function
_ZN3emu8switchToEPPvS0_:
 pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
 movq %rsp,(%rdi); movq %rsi,%rsp
 popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
 ret
.size _ZN3emu8switchToEPPvS0_,.-_ZN3emu8switchToEPPvS0_
)");
void stuck(const char* why) {
    Block* b = block;
    Fiber* f = fiber;
    if (!worker->error[0]) {
        snprintf(worker->error, sizeof worker->error, "block (%u,%u,%u) thread (%u,%u,%u): %s", b->bid.x, b->bid.y,
                 b->bid.z, f->tid.x, f->tid.y, f->tid.z, why);
    }
    switchTo(&f->sp, b->schedulerSp); // the other fibers are dropped where they stand
}
static void fiberMain() {
    Block* b = block;
    b->run(b->arg);
    Fiber* f = fiber;
    if (!f->copies.empty()) {
        stuck("thread ends with cp.async not waited for");
    }
    b->idle = 0;
    b->fibers[f->prev].next = f->next;
    b->fibers[f->next].prev = f->prev;
    // An ended thread counts as arrived, as on the device.
    if (--b->live && b->arrived == b->live) {
        b->arrived = 0;
        b->generation++;
    }
    void* unused;
    if (!b->live) {
        switchTo(&unused, b->schedulerSp);
    }
    fiber = &b->fibers[f->next];
    switchTo(&unused, fiber->sp);
    __builtin_trap();
}
// A kernel that touches a guard page, or traps, ends with a message instead of taking the JVM down.
static struct sigaction oldAction[32];
static void abandon() {
    stuck(worker->fault);
}
static void onFault(int sig, siginfo_t* info, void* ctx) {
    if (!fiber) { // not ours: the JVM uses these signals itself
        auto& o = oldAction[sig];
        if (o.sa_flags & SA_SIGINFO) {
            return o.sa_sigaction(sig, info, ctx);
        }
        if (o.sa_handler != SIG_DFL && o.sa_handler != SIG_IGN) {
            return o.sa_handler(sig);
        }
        signal(sig, SIG_DFL);
        return;
    }
    if (sig == SIGILL) {
        snprintf(worker->fault, sizeof worker->fault,
                 "array index out of bounds, misaligned pointer or bad shift (trap at %p)", info->si_addr);
    } else {
        snprintf(worker->fault, sizeof worker->fault, "illegal memory access at %p", info->si_addr);
    }
    auto& r = ((ucontext_t*)ctx)->uc_mcontext.gregs;
    r[REG_RSP] = ((r[REG_RSP] - 512) & ~15ll) - 8;
    r[REG_RIP] = (greg_t)abandon; // go on in abandon(), on the fiber's stack
}
__attribute__((constructor)) static void installHandlers() {
    for (int s : {SIGSEGV, SIGBUS, SIGILL}) {
        struct sigaction a;
        sigaction(s, nullptr, &oldAction[s]);
        a = oldAction[s];
        a.sa_flags |= SA_SIGINFO;
        a.sa_sigaction = onFault;
        sigaction(s, &a, nullptr);
    }
}
static char* map(size_t bytes) {
    return (char*)mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}
static Worker* newWorker() {
    auto* w = new Worker;
    w->stacks = map(STACK * MAX_THREADS);
    w->warps = (Warp*)map(sizeof(Warp) * MAX_THREADS / 32);
    w->dynamicEnd = (unsigned char*)map(MAX_DYNAMIC + PAGE) + MAX_DYNAMIC;
    mprotect(w->dynamicEnd, PAGE, PROT_NONE);
    return w;
}
// The library that holds this code, and its thread-local block for this thread.
static void findLibrary(Worker* w, const void* code) {
    struct Query {
        Worker* w;
        uintptr_t code;
    } q{w, (uintptr_t)code};
    dl_iterate_phdr(
        [](dl_phdr_info* i, size_t, void* p) {
            auto* q = (Query*)p;
            uintptr_t lo = ~0ul, hi = 0;
            size_t tls = 0;
            for (int k = 0; k < i->dlpi_phnum; k++) {
                auto& h = i->dlpi_phdr[k];
                if (h.p_type == PT_LOAD) {
                    lo = std::min(lo, i->dlpi_addr + h.p_vaddr);
                    hi = std::max(hi, i->dlpi_addr + h.p_vaddr + h.p_memsz);
                }
                if (h.p_type == PT_TLS) {
                    tls = h.p_memsz;
                }
            }
            if (q->code < lo || q->code >= hi) {
                return 0;
            }
            q->w->libraryBegin = lo;
            q->w->libraryEnd = hi;
            q->w->tls = (char*)i->dlpi_tls_data;
            q->w->tlsBytes = i->dlpi_tls_data ? tls : 0;
            return 1;
        },
        &q);
}
// Links the threads into a ring, in the order in which they run.
static void order(Worker* w, int n) {
    int mode = control->order;
    static thread_local std::vector<int> seq;
    seq.resize(n);
    for (int i = 0; i < n; i++) {
        seq[i] = mode < 0 ? n - 1 - i : i;
    }
    if (mode > 0) {
        for (int i = n - 1; i > 0; i--) {
            w->random = (w->random + mode) * 6364136223846793005ull + 1442695040888963407ull;
            std::swap(seq[i], seq[(w->random >> 33) % (i + 1)]);
        }
    }
    for (int i = 0; i < n; i++) {
        w->fibers[seq[i]].next = seq[(i + 1) % n];
        w->fibers[seq[i]].prev = seq[(i + n - 1) % n];
    }
    fiber = &w->fibers[seq[0]];
}
const char* runBlock(const Kernel* k, void** params, Dim bid, Dim grid, Dim bdim, size_t dynBytes) {
    if (!worker) {
        worker = newWorker();
    }
    Worker* w = worker;
    int n = bdim.x * bdim.y * bdim.z;
    unsigned char* dyn = w->dynamicEnd - ((dynBytes + 127) & ~127ul);
    k->touch();
    findLibrary(w, (void*)k->call);
    w->error[0] = 0;
    // Shared memory starts as poison (NaN) and ends with a canary, then a guard page.
    memset(w->tls, 0xFF, w->tlsBytes);
    memset(dyn, 0xFF, dynBytes);
    memset(dyn + dynBytes, 0xA5, w->dynamicEnd - dyn - dynBytes);
    Block* b = block = &w->block;
    unsigned generation = b->generation + 1; // never the same twice: shadows tell by it what is old
    *b = Block{};
    b->bid = bid;
    b->bdim = bdim;
    b->gdim = grid;
    b->threads = b->live = n;
    b->generation = generation;
    b->fibers = w->fibers.data();
    b->warps = w->warps;
    b->dyn = dyn;
    b->dynBytes = dynBytes;
    b->run = (void (*)(void*))k->call;
    b->arg = params;
    for (int i = 0; i < (n + 31) / 32; i++) {
        memset(w->warps[i].op, 0, sizeof w->warps[i].op);
        w->warps[i].syncs = 0;
    }
    for (int i = 0; i < n; i++) {
        Fiber& f = w->fibers[i];
        f.linear = i;
        f.lane = i & 31;
        f.warp = &w->warps[i >> 5];
        f.tid = {i % bdim.x, i / bdim.x % bdim.y, i / (bdim.x * bdim.y)};
        f.copies.clear();
        f.group = 0;
        // Staggered: equal offsets would share cache sets.
        void** sp = (void**)(w->stacks + STACK * (i + 1) - (i % 61) * 320);
        *--sp = nullptr;
        *--sp = (void*)fiberMain;
        for (int r = 0; r < 6; r++) {
            *--sp = nullptr;
        }
        f.sp = sp;
    }
    order(w, n);
    switchTo(&b->schedulerSp, fiber->sp);
    fiber = nullptr;
    for (unsigned char* p = dyn + dynBytes; p < w->dynamicEnd && !w->error[0]; p++) {
        if (*p != 0xA5) {
            snprintf(w->error, sizeof w->error, "block (%u,%u,%u): dynamic shared memory overrun", bid.x, bid.y,
                     bid.z);
        }
    }
    return w->error[0] ? w->error : nullptr;
}
} // namespace emu
