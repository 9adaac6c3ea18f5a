// State of the emulated driver that its parts share. One lock guards everything; kernels run under it.
#pragma once
#include "control.h"
#include "cuda_api.h"
#include "emulation.h"
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace driver {
typedef std::function<CUresult()> Task;

constexpr int SMS = 2;
constexpr int MAX_THREADS = 1024;
constexpr int MAX_SHARED = 48 << 10;
constexpr int REGISTERS = 65536; // of a multiprocessor

/** Device memory, or host memory that was allocated as pinned. */
struct Allocation {
    size_t bytes;
    size_t mapped;    // with guard pages
    char* base;       // first guard page
    uint64_t* shadow; // device memory only, see emu::Span
    CUcontext owner;
};

extern std::recursive_mutex mutex;
extern std::map<CUdeviceptr, Allocation> device, pinned;
extern size_t used;

CUstream_st* streamOf(CUstream handle);
/** Runs what waits in a stream; the first error. */
CUresult drain(CUstream_st* stream);
CUresult drainAll();
/** Queues work, or runs it at once unless in strict mode. */
CUresult enqueue(CUstream stream, Task task);
/** Whether a capture forbids this thread what could wait for the device or allocate; such a capture is spoilt then. */
bool forbiddenByCapture();
/** Ends what the streams of a context that is destroyed record. */
void abandonCaptures(CUcontext context);
/** Takes memory of the device without an address, or gives it back (less than 0); false if there is not enough. */
bool charge(long long bytes);
CUresult release(std::map<CUdeviceptr, Allocation>& memory, CUdeviceptr at);
const emu::Kernel* findKernel(const std::string& name);
/** Bytes of shared memory that a block of this device can have by opting in. */
int maxSharedOptin();
int capability();
size_t memoryLimit();
/** Counts a driver call; the error that it must fail with, or success. What a context does not survive stays with it. */
CUresult injected();
/** The error that a context keeps after a kernel failed in it, or success. */
CUresult stickyError();
CUcontext currentContext();
void setSticky(CUresult error);
} // namespace driver

/** What a stream records instead of running it. */
struct Capture {
    std::vector<driver::Task> tasks;
    CUstreamCaptureMode mode;
    std::thread::id thread;
    bool spoilt = false;
};

struct CUstream_st {
    std::deque<driver::Task> queue;
    Capture* capture = nullptr;
    CUcontext owner = nullptr;
};

#define LOCK std::lock_guard<std::recursive_mutex> lock(driver::mutex)
// Every entry point begins with one of these two.
#define CALL                                                                                                       \
    LOCK;                                                                                                          \
    if (CUresult injected = driver::injected()) {                                                                  \
        return injected;                                                                                           \
    }
#define CALL_IN_CONTEXT                                                                                            \
    CALL                                                                                                           \
    if (!driver::currentContext()) {                                                                               \
        return CUDA_ERROR_INVALID_CONTEXT;                                                                         \
    }                                                                                                              \
    if (CUresult error = driver::stickyError()) {                                                                  \
        return error;                                                                                              \
    }
#define NOT_IN_CAPTURE                                                                                             \
    if (driver::forbiddenByCapture()) {                                                                                       \
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;                                                              \
    }
