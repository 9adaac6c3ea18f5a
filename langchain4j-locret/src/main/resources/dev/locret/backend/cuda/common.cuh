// What all kernels share. Device code uses no CUDA header: a machine that has only libnvrtc has none. The same source is
// compiled for the host by the tests' emulated driver, which defines CUDA_EMU and the device language.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define FULL 0xffffffffu
#define INFINITE __uint_as_float(0x7f800000u)
#define LOG2E 1.4426950408889634f
#define LN2 0.6931471805599453f

// KERNEL(name, most threads of a block, parameters...) { body }
#ifdef CUDA_EMU
#define KERNEL(name, threads, ...)                                                                                     \
    extern "C" void name(__VA_ARGS__);                                                                                 \
    EMU_KERNEL(name)                                                                                                   \
    extern "C" void name(__VA_ARGS__)
#define DYNAMIC_SHARED(T, name) DYN_SMEM(T, name)
#else
#define KERNEL(name, threads, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)
#define DYNAMIC_SHARED(T, name)                                                                                        \
    extern __shared__ __align__(16) u8 dynamicShared[];                                                                \
    T* name = reinterpret_cast<T*>(dynamicShared)
#endif

static __device__ __forceinline__ float fromHalf(u16 bits) {
#ifdef CUDA_EMU
    return _cvtsh_ss(bits);
#else
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
#endif
}

static __device__ __forceinline__ u16 toHalf(float value) {
#ifdef CUDA_EMU
    return (u16)_cvtss_sh(value, 0);
#else
    u16 bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
#endif
}

static __device__ __forceinline__ float fromBfloat(u16 bits) {
    return __uint_as_float((u32)bits << 16);
}

// Rounds to nearest even; NaN stays NaN.
static __device__ __forceinline__ u16 toBfloat(float value) {
    u32 bits = __float_as_uint(value);
    return (bits & 0x7fffffffu) > 0x7f800000u ? 0x7fff : (u16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static __device__ __forceinline__ u32 packHalves(float low, float high) {
    return (u32)toHalf(low) | (u32)toHalf(high) << 16;
}

// 2 to the power of x, 0 where that is denormal: one instruction, where exp2f scales its argument and its result.
static __device__ __forceinline__ float power2(float x) {
#if defined(CUDA_EMU)
    float y = exp2f(x);
    return y < 1.17549435e-38f ? 0 : y;
#else
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
#endif
}

// Whether a value is neither NaN nor infinite; unlike isfinite not subject to fast-math options.
static __device__ __forceinline__ bool isSound(float value) {
    return (__float_as_uint(value) & 0x7f800000u) != 0x7f800000u;
}

// An integer that orders as the value does; both zeros are equal. NaN has no place in it.
static __device__ __forceinline__ u32 orderOf(float value) {
    u32 bits = __float_as_uint(value);
    return bits == 0x80000000u ? bits : bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static __device__ __forceinline__ float warpSum(float value) {
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        value += __shfl_xor_sync(FULL, value, offset);
    }
    return value;
}

static __device__ __forceinline__ float warpMax(float value) {
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        value = fmaxf(value, __shfl_xor_sync(FULL, value, offset));
    }
    return value;
}

// Sum or maximum over a block of whole warps, at most 1024 threads; every thread gets it. `scratch` holds 32 floats.
static __device__ __forceinline__ float blockSum(float value, float* scratch) {
    value = warpSum(value);
    __syncthreads();
    if ((threadIdx.x & 31) == 0) {
        scratch[threadIdx.x >> 5] = value;
    }
    __syncthreads();
    float total = 0;
    for (int i = 0; i < (int)(blockDim.x >> 5); i++) {
        total += scratch[i];
    }
    return total;
}

static __device__ __forceinline__ float blockMax(float value, float* scratch) {
    value = warpMax(value);
    __syncthreads();
    if ((threadIdx.x & 31) == 0) {
        scratch[threadIdx.x >> 5] = value;
    }
    __syncthreads();
    float most = scratch[0];
    for (int i = 1; i < (int)(blockDim.x >> 5); i++) {
        most = fmaxf(most, scratch[i]);
    }
    return most;
}

static __device__ __forceinline__ float silu(float x) {
    return x / (1.0f + expf(-x));
}
