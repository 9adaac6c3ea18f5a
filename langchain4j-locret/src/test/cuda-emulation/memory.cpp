// Memory of the emulated driver: host pages between guard pages. The last byte (rounded up to 16) lies in front of a
// guard page, or by choice the first byte behind one. A freed range is never mapped again, so a use after free faults.
#include "driver.h"
#include <algorithm>
#include <cstdio>
#include <sys/mman.h>

namespace driver {
constexpr size_t PAGE = 4096;
constexpr size_t POISONED = 64 << 20; // bytes of an allocation that start as NaN

std::map<CUdeviceptr, Allocation> device, pinned;
size_t used;

static size_t rounded(size_t bytes) { // as the driver accounts for it
    return (bytes + 511) & ~511ul;
}

bool charge(long long bytes) {
    if (bytes > 0 && used + bytes + emu::control->occupied > memoryLimit()) {
        return false;
    }
    used += bytes;
    return true;
}

static Allocation* holder(std::map<CUdeviceptr, Allocation>& memory, CUdeviceptr at, size_t bytes) {
    auto i = memory.upper_bound(at);
    if (i == memory.begin()) {
        return nullptr;
    }
    --i;
    return at + bytes <= i->first + i->second.bytes ? &i->second : nullptr;
}

static void* reserve(size_t bytes, int access) {
    return mmap(nullptr, bytes, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static CUresult allocate(std::map<CUdeviceptr, Allocation>& memory, CUdeviceptr* at, size_t bytes) {
    size_t body = (bytes + PAGE - 1) & ~(PAGE - 1);
    char* base = (char*)reserve(body + 2 * PAGE, PROT_NONE);
    if (base == MAP_FAILED || mprotect(base + PAGE, body, PROT_READ | PROT_WRITE)) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    *at = (CUdeviceptr)(base + PAGE + (emu::control->guardFront ? 0 : body - ((bytes + 15) & ~15ul)));
    memset((void*)*at, 0xFF, std::min(bytes, POISONED));
    uint64_t* shadow = nullptr;
    if (emu::control->check && &memory == &device) {
        shadow = (uint64_t*)reserve(bytes * 8, PROT_READ | PROT_WRITE);
    }
    memory[*at] = {bytes, body + 2 * PAGE, base, shadow, currentContext()};
    emu::control->allocations++;
    return CUDA_SUCCESS;
}

CUresult release(std::map<CUdeviceptr, Allocation>& memory, CUdeviceptr at) {
    auto i = memory.find(at);
    if (i == memory.end()) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult result = drainAll();
    Allocation& a = i->second;
    if (&memory == &device) {
        used -= rounded(a.bytes);
    }
    if (a.shadow) {
        munmap(a.shadow, a.bytes * 8);
    }
    mmap(a.base, a.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    memory.erase(i);
    emu::control->allocations--;
    return result;
}
} // namespace driver

// Without the lock: called by kernels, which run under it.
bool emu::findAllocation(uintptr_t at, Span* span) {
    for (auto* memory : {&driver::device, &driver::pinned}) {
        auto i = memory->upper_bound(at);
        if (i != memory->begin() && at < (--i)->first + i->second.bytes) {
            *span = {i->first, i->first + i->second.bytes, i->second.shadow};
            return true;
        }
    }
    return false;
}

CUDA_API CUresult cuMemAlloc_v2(CUdeviceptr* at, size_t bytes) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    if (!bytes) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (driver::used + driver::rounded(bytes) + emu::control->occupied > driver::memoryLimit()) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    CUresult result = driver::allocate(driver::device, at, bytes);
    if (!result) {
        driver::used += driver::rounded(bytes);
    }
    return result;
}

CUDA_API CUresult cuMemFree_v2(CUdeviceptr at) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    return at ? driver::release(driver::device, at) : CUDA_SUCCESS;
}

CUDA_API CUresult cuMemGetInfo_v2(size_t* available, size_t* total) {
    CALL_IN_CONTEXT;
    *available = driver::memoryLimit() - driver::used - emu::control->occupied;
    *total = driver::memoryLimit();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuMemHostAlloc(void** at, size_t bytes, unsigned) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    return driver::allocate(driver::pinned, (CUdeviceptr*)at, bytes);
}

CUDA_API CUresult cuMemFreeHost(void* at) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    return driver::release(driver::pinned, (CUdeviceptr)at);
}

namespace {
struct Side { // of a copy
    void* at;
    bool onDevice;
};

bool valid(Side side, size_t bytes) {
    return !side.onDevice || driver::holder(driver::device, (CUdeviceptr)side.at, bytes);
}

CUresult copyNow(Side to, Side from, size_t bytes) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    if (!valid(to, bytes) || !valid(from, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    driver::drain(driver::streamOf(nullptr));
    memcpy(to.at, from.at, bytes);
    return CUDA_SUCCESS;
}

CUresult copyLater(Side to, Side from, size_t bytes, CUstream stream) {
    CALL_IN_CONTEXT;
    if (!valid(to, bytes) || !valid(from, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (Side side : {to, from}) {
        if (!side.onDevice && !driver::holder(driver::pinned, (CUdeviceptr)side.at, bytes)) {
            // Slow on a card, and wrong with a Java heap array: an error here.
            fprintf(stderr, "emu: asynchronous copy of host memory that is not pinned\n");
            return CUDA_ERROR_INVALID_VALUE;
        }
    }
    return driver::enqueue(stream, [=] {
        // A graph may outlive what it copies.
        for (Side side : {to, from}) {
            if (!driver::holder(side.onDevice ? driver::device : driver::pinned, (CUdeviceptr)side.at, bytes)) {
                return CUDA_ERROR_ILLEGAL_ADDRESS;
            }
        }
        memmove(to.at, from.at, bytes);
        return CUDA_SUCCESS;
    });
}

Side host(const void* at) {
    return {(void*)at, false};
}

Side onDevice(CUdeviceptr at) {
    return {(void*)at, true};
}

template <class T>
CUresult fill(CUdeviceptr at, T value, size_t count, CUstream stream) {
    CALL_IN_CONTEXT;
    if (!driver::holder(driver::device, at, count * sizeof(T))) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    return driver::enqueue(stream, [=] {
        if (!driver::holder(driver::device, at, count * sizeof(T))) {
            return CUDA_ERROR_ILLEGAL_ADDRESS;
        }
        std::fill_n((T*)at, count, value);
        return CUDA_SUCCESS;
    });
}
} // namespace

CUDA_API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
    return copyNow(onDevice(to), host(from), bytes);
}

CUDA_API CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
    return copyNow(host(to), onDevice(from), bytes);
}

CUDA_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
    return copyLater(onDevice(to), host(from), bytes, stream);
}

CUDA_API CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return copyLater(host(to), onDevice(from), bytes, stream);
}

CUDA_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return copyLater(onDevice(to), onDevice(from), bytes, stream);
}

CUDA_API CUresult cuMemsetD8Async(CUdeviceptr at, unsigned char value, size_t count, CUstream stream) {
    return fill(at, value, count, stream);
}

CUDA_API CUresult cuMemsetD32Async(CUdeviceptr at, unsigned value, size_t count, CUstream stream) {
    return fill(at, value, count, stream);
}
