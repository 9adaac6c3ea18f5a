// Settings that a test changes while its JVM runs: the file `control` beside the libraries, mapped by both sides.
// The offsets are those of EmulatedCuda.java.
#pragma once
#include <cstdint>

namespace emu {
struct Control {
    int32_t strict;       // 0: 1 runs a stream's work as late as the program allows, 0 at once
    int32_t order;        // 4: threads of a block run 0 as numbered, -1 reversed, above 0 shuffled by that seed
    int32_t guardFront;   // 8: 1 puts the guard page in front of an allocation, 0 behind
    int32_t check;        // 12: 1 runs the kernels in which every memory access is checked
    int64_t memoryBytes;  // 16: of the device; 0 for 2 GiB
    int64_t failAt;       // 24: the driver call of this number, counted from 1, fails; 0 for none
    int64_t calls;        // 32: driver calls so far, written here
    int32_t capability;   // 40: compute capability times ten; 0 for 80
    int32_t devices;      // 44: devices that there are, plus one; 0 for one
    int64_t allocations;  // 48: device and pinned allocations alive, written here
    int32_t failCode;     // 56: what the call fails with; 0 for CUDA_ERROR_LAUNCH_FAILED
    int32_t driver;       // 60: version of the driver; 0 for 12090
    int32_t refused;      // 64: 1 loads no machine code, 2 no PTX either
    int32_t graphs;       // 68: graphs alive, as captured and as can be launched, written here
    int64_t occupied;     // 72: memory of the device that others hold
};
extern Control* control;
} // namespace emu
