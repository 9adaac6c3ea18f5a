// Device, contexts and settings of the emulated driver.
#include "driver.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

struct CUctx_st {
    CUresult sticky = CUDA_SUCCESS; // a failed kernel poisons its context
};

static std::set<CUcontext> contexts;
static thread_local std::vector<CUcontext> currentStack;

static emu::Control defaults;
emu::Control* emu::control = &defaults;

namespace driver {
std::recursive_mutex mutex;

static std::string directory() { // of this library, as it was named when it was loaded
    Dl_info info;
    dladdr((void*)&directory, &info);
    std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/') + 1);
}

__attribute__((constructor)) static void mapControl() {
    int file = open((directory() + "control").c_str(), O_RDWR);
    if (file >= 0) {
        void* at = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        if (at != MAP_FAILED) {
            emu::control = (emu::Control*)at;
        }
    }
}

static bool loadKernels() { // they register themselves
    for (const char* name : {"libkernels.so", "libkernels-check.so"}) {
        if (!dlopen((directory() + name).c_str(), RTLD_NOW | RTLD_LOCAL)) {
            fprintf(stderr, "emu: %s\n", dlerror());
            return false;
        }
    }
    return true;
}

int capability() {
    return emu::control->capability ? emu::control->capability : 80;
}

int maxSharedOptin() {
    switch (capability()) {
    case 75:
        return 64 << 10;
    case 80:
        return 163 << 10;
    case 86:
    case 89:
    case 120:
        return 99 << 10;
    default:
        return 227 << 10;
    }
}

size_t memoryLimit() {
    return emu::control->memoryBytes ? emu::control->memoryBytes : 2ull << 30;
}

CUresult injected() {
    if (++emu::control->calls != emu::control->failAt) {
        return CUDA_SUCCESS;
    }
    auto code = emu::control->failCode ? (CUresult)emu::control->failCode : CUDA_ERROR_LAUNCH_FAILED;
    if (code >= CUDA_ERROR_ILLEGAL_ADDRESS && code <= CUDA_ERROR_LAUNCH_FAILED) {
        setSticky(code);
    }
    return code;
}

// What another thread destroyed is still on this one's stack.
CUcontext currentContext() {
    return currentStack.empty() || !contexts.count(currentStack.back()) ? nullptr : currentStack.back();
}

CUresult stickyError() {
    return currentContext() ? currentContext()->sticky : CUDA_SUCCESS;
}

void setSticky(CUresult error) {
    if (currentContext()) {
        currentContext()->sticky = error;
    }
}
} // namespace driver

// As the driver, for an empty list only.
static int deviceCount() {
    const char* visible = getenv("CUDA_VISIBLE_DEVICES");
    if (visible && !*visible) {
        return 0;
    }
    return emu::control->devices ? emu::control->devices - 1 : 1;
}

CUDA_API CUresult cuInit(unsigned) {
    CALL;
    static bool loaded = driver::loadKernels();
    if (!loaded) {
        return CUDA_ERROR_NOT_INITIALIZED;
    }
    return deviceCount() ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE;
}

// NVRTC looks here for its cache, and crashes if the symbol is missing.
CUDA_API CUresult cuGetExportTable(const void** table, const void*) {
    *table = nullptr;
    return CUDA_ERROR_NOT_SUPPORTED;
}

CUDA_API CUresult cuDriverGetVersion(int* version) {
    CALL;
    *version = emu::control->driver ? emu::control->driver : 12090;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuDeviceGetCount(int* count) {
    CALL;
    *count = deviceCount();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    CALL;
    if (ordinal < 0 || ordinal >= deviceCount()) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuDeviceGetName(char* name, int bytes, CUdevice) {
    CALL;
    snprintf(name, bytes, "Emulated CUDA device");
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice) {
    CALL;
    *bytes = driver::memoryLimit();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
    CALL;
    switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
        *value = driver::capability() / 10;
        break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
        *value = driver::capability() % 10;
        break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
        *value = driver::SMS;
        break;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
        *value = 32;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = driver::MAX_THREADS;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
        *value = driver::MAX_SHARED;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        *value = driver::maxSharedOptin();
        break;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
        *value = 1410000;
        break;
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
        *value = 1215000;
        break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
        *value = 5120;
        break;
    default:
        fprintf(stderr, "emu: device attribute %d is not known\n", (int)attribute);
        return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuCtxCreate_v2(CUcontext* context, unsigned, CUdevice) {
    CALL;
    *context = new CUctx_st;
    contexts.insert(*context);
    currentStack.push_back(*context);
    return CUDA_SUCCESS;
}

// Frees all that was allocated in the context, as the driver does.
// Destroys also when it reports an error, which with the driver is one of an earlier launch.
CUDA_API CUresult cuCtxDestroy_v2(CUcontext context) {
    LOCK;
    CUresult injected = driver::injected();
    if (!contexts.count(context)) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    driver::abandonCaptures(context);
    driver::drainAll();
    for (auto* memory : {&driver::device, &driver::pinned}) {
        for (auto i = memory->begin(); i != memory->end();) {
            auto each = i++;
            if (each->second.owner == context) {
                driver::release(*memory, each->first);
            }
        }
    }
    contexts.erase(context);
    std::erase(currentStack, context);
    delete context;
    return injected;
}

CUDA_API CUresult cuCtxSetCurrent(CUcontext context) {
    CALL;
    if (context && !contexts.count(context)) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    if (!currentStack.empty()) {
        currentStack.pop_back();
    }
    if (context) {
        currentStack.push_back(context);
    }
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuCtxGetCurrent(CUcontext* context) {
    CALL;
    *context = driver::currentContext();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    CALL;
    if (currentStack.empty()) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    *context = currentStack.back();
    currentStack.pop_back();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuCtxSynchronize() {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    return driver::drainAll();
}

CUDA_API CUresult cuGetErrorName(CUresult error, const char** name) {
    static thread_local char text[64];
    snprintf(text, sizeof text, "emulated driver error %d", (int)error);
    *name = text;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuGetErrorString(CUresult error, const char** text) {
    return cuGetErrorName(error, text);
}
