// Modules and kernel launches of the emulated driver. What the compiler made is looked at for names, parameter sizes and
// limits; the code that runs was compiled by g++.
#include "driver.h"
#include "worker_pool.h"
#include <atomic>
#include <cstdio>
#include <elf.h>

using std::string;
using std::vector;

struct CUfunc_st {
    string name;
    int maxThreads = driver::MAX_THREADS;
    int staticShared = 0;
    int maxDynamic = driver::MAX_SHARED;
    int registers = 0;
};
struct CUmod_st {
    std::map<string, CUfunc_st> functions;
    bool everyKernel = false; // from the emulated NVRTC
};

// Kernels by name: [0] as fast as can be, [1] with every access checked.
static std::map<string, const emu::Kernel*>& registry(int checked) {
    static std::map<string, const emu::Kernel*> kernels[2];
    return kernels[checked];
}

CUDA_API void emu_register_kernel(const emu::Kernel* kernel) {
    LOCK;
    registry(kernel->checked)[kernel->name] = kernel;
}

const emu::Kernel* driver::findKernel(const string& name) {
    auto& kernels = registry(emu::control->check ? 1 : 0);
    auto i = kernels.find(name);
    return i == kernels.end() ? nullptr : i->second;
}

static CUresult attach(CUmodule module, CUfunc_st function, const vector<unsigned>& sizes) {
    const emu::Kernel* kernel = driver::findKernel(function.name);
    if (!kernel) {
        fprintf(stderr, "emu: kernel %s was not compiled for the host\n", function.name.c_str());
        return CUDA_ERROR_NOT_FOUND;
    }
    module->functions[function.name] = function;
    if (sizes == vector<unsigned>(kernel->sizes, kernel->sizes + kernel->params)) {
        return CUDA_SUCCESS;
    }
    fprintf(stderr, "emu: parameters of %s differ between device and host code\n", function.name.c_str());
    return CUDA_ERROR_INVALID_SOURCE;
}

namespace {
/** A cubin: an ELF file with a section .text.NAME and .nv.info.NAME for each kernel. */
struct Cubin {
    const char* image;
    const Elf64_Ehdr* header = (const Elf64_Ehdr*)image;
    const Elf64_Shdr* sections = (const Elf64_Shdr*)(image + header->e_shoff);

    string name(int section) const {
        return image + sections[header->e_shstrndx].sh_offset + sections[section].sh_name;
    }

    const Elf64_Shdr* find(const string& wanted) const {
        for (int i = 0; i < header->e_shnum; i++) {
            if (name(i) == wanted) {
                return &sections[i];
            }
        }
        return nullptr;
    }

    /** Reads a kernel's attributes: a format and an id byte, then 2 bytes of value or of size. */
    vector<unsigned> read(CUfunc_st& function) const {
        constexpr int FORMAT_SIZED = 4, PARAMETER = 0x17, MAX_THREADS = 0x05;
        vector<unsigned> sizes(64);
        unsigned count = 0;
        const Elf64_Shdr* info = find(".nv.info." + function.name);
        const char* at = info ? image + info->sh_offset : nullptr;
        const char* end = info ? at + info->sh_size : nullptr;
        while (at + 4 <= end) {
            int format = at[0], id = (unsigned char)at[1];
            uint16_t bytes;
            memcpy(&bytes, at + 2, 2);
            at += 4;
            if (format != FORMAT_SIZED) {
                continue;
            }
            unsigned words[3] = {};
            memcpy(words, at, bytes < 12 ? bytes : 12);
            at += bytes;
            unsigned ordinal = words[1] & 0xffff;
            if (id == PARAMETER && ordinal < sizes.size()) {
                sizes[ordinal] = words[2] >> 18;
                count = std::max(count, ordinal + 1);
            } else if (id == MAX_THREADS) {
                function.maxThreads = words[0] * std::max(1u, words[1]) * std::max(1u, words[2]);
            }
        }
        sizes.resize(count);
        return sizes;
    }
};
} // namespace

static CUresult loadCubin(CUmodule module, const char* image) {
    Cubin cubin{image};
    for (int i = 0; i < cubin.header->e_shnum; i++) {
        string section = cubin.name(i);
        if (section.rfind(".text.", 0)) {
            continue;
        }
        CUfunc_st function;
        function.name = section.substr(6);
        function.registers = cubin.sections[i].sh_info >> 24;
        if (const Elf64_Shdr* shared = cubin.find(".nv.shared." + function.name)) {
            function.staticShared = shared->sh_size;
        }
        vector<unsigned> sizes = cubin.read(function);
        if (CUresult error = attach(module, function, sizes)) {
            return error;
        }
    }
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    CALL_IN_CONTEXT;
    auto* made = new CUmod_st;
    CUresult result = CUDA_SUCCESS;
    bool ptx = !strncmp((const char*)image, "emulated ptx", 12);
    if (emu::control->refused > ptx) {
        result = ptx ? CUDA_ERROR_UNSUPPORTED_PTX_VERSION : CUDA_ERROR_NO_BINARY_FOR_GPU;
    } else if (!memcmp(image, ELFMAG, 4)) {
        result = loadCubin(made, (const char*)image);
    } else if (ptx || !strncmp((const char*)image, "emulated cubin", 14)) {
        made->everyKernel = true;
    } else {
        result = CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    if (result) {
        delete made;
    } else {
        *module = made;
    }
    return result;
}

CUDA_API CUresult cuModuleUnload(CUmodule module) {
    CALL;
    driver::drainAll();
    delete module;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
    CALL_IN_CONTEXT;
    if (module->everyKernel && !module->functions.count(name) && driver::findKernel(name)) {
        module->functions[name].name = name;
    }
    auto i = module->functions.find(name);
    if (i == module->functions.end()) {
        return CUDA_ERROR_NOT_FOUND;
    }
    *function = &i->second;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, CUfunction function) {
    CALL_IN_CONTEXT;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = function->maxThreads;
        break;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
        *value = function->staticShared;
        break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS:
        *value = function->registers;
        break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = function->maxDynamic;
        break;
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
    CALL_IN_CONTEXT;
    if (attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) {
        if (value + function->staticShared > driver::maxSharedOptin()) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        function->maxDynamic = value;
    }
    return CUDA_SUCCESS;
}

/** Runs every block of a launch on the pool; a message, or empty. */
static string runBlocks(const emu::Kernel* kernel, void** params, emu::Dim grid, emu::Dim block, size_t dynamic) {
    unsigned long blocks = (unsigned long)grid.x * grid.y * grid.z;
    std::atomic<unsigned long> next{0};
    std::atomic<bool> failed{false};
    std::mutex guard;
    string error;
    emu::launch++;
    driver::workerPool().run([&] {
        for (unsigned long i; !failed && (i = next++) < blocks;) {
            emu::Dim at = {unsigned(i % grid.x), unsigned(i / grid.x % grid.y), unsigned(i / grid.x / grid.y)};
            if (const char* message = emu::runBlock(kernel, params, at, grid, block, dynamic)) {
                std::lock_guard<std::mutex> lock(guard);
                error = message;
                failed = true;
            }
        }
    });
    return error;
}

CUDA_API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                 unsigned blockY, unsigned blockZ, unsigned dynamic, CUstream stream, void** params,
                                 void**) {
    CALL_IN_CONTEXT;
    unsigned long threads = (unsigned long)blockX * blockY * blockZ;
    bool shapes = threads && gridX && gridY && gridZ && gridX <= 0x7fffffff && gridY <= 65535 && gridZ <= 65535;
    if (!shapes || threads > (unsigned)function->maxThreads || dynamic > (unsigned)function->maxDynamic) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if ((threads + 31) / 32 * 32 * function->registers > driver::REGISTERS) { // known only from a cubin
        return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
    }
    const emu::Kernel* kernel = driver::findKernel(function->name);
    vector<vector<char>> args(kernel->params); // copied at launch, as CUDA does
    for (int i = 0; i < kernel->params; i++) {
        args[i].assign((char*)params[i], (char*)params[i] + kernel->sizes[i]);
    }
    return driver::enqueue(stream, [=]() mutable {
        vector<void*> pointers;
        for (auto& each : args) {
            pointers.push_back(each.data());
        }
        string error = runBlocks(kernel, pointers.data(), {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamic);
        if (!error.empty()) {
            fprintf(stderr, "emu: kernel %s failed: %s\n", kernel->name, error.c_str());
        }
        return error.empty() ? CUDA_SUCCESS : CUDA_ERROR_LAUNCH_FAILED;
    });
}
