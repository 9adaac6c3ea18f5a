// The CUDA device language for g++. Force-included (-include) when a .cu is compiled for the host, so the .cu stays
// as it is.
#pragma once
#include "emulation.h"
#include <cmath>
#include <cstdio>
#include <immintrin.h>
#define CUDA_EMU 1
#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __constant__ static
#define __shared__ thread_local // all threads of a block run on one OS thread
#define DYN_SMEM(T, n) T* n = (T*)emu::block->dyn
#define threadIdx (emu::fiber->tid)
#define blockIdx (emu::block->bid)
#define blockDim (emu::block->bdim)
#define gridDim (emu::block->gdim)
#define warpSize 32
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) int2 {
    int x, y;
};
struct alignas(16) int4 {
    int x, y, z, w;
};
static inline float2 make_float2(float x, float y) {
    return {x, y};
}
static inline float4 make_float4(float x, float y, float z, float w) {
    return {x, y, z, w};
}

static inline void __syncthreads() {
    emu::barrier();
}
static inline void __syncwarp(unsigned m = 0xffffffffu) {
    emu::collect(m, nullptr, 0, [](auto) { emu::fiber->warp->syncs++; });
}
static inline void __threadfence() { // from here on this block may read what other blocks wrote
    emu::block->fenced = true;
}
template <class T>
static inline T __shfl_sync(unsigned m, T v, int s, int w = 32) {
    int l = emu::fiber->lane;
    return emu::shuffle(m, v, (l & ~(w - 1)) | (s & (w - 1)), true);
}
template <class T>
static inline T __shfl_xor_sync(unsigned m, T v, int x, int w = 32) {
    int l = emu::fiber->lane;
    return emu::shuffle(m, v, l ^ x, (l ^ x) / w <= l / w);
}
template <class T>
static inline T __shfl_down_sync(unsigned m, T v, unsigned d, int w = 32) {
    int l = emu::fiber->lane;
    return emu::shuffle(m, v, l + d, (l & (w - 1)) + (int)d < w);
}
template <class T>
static inline T __shfl_up_sync(unsigned m, T v, unsigned d, int w = 32) {
    int l = emu::fiber->lane;
    return emu::shuffle(m, v, l - d, (l & (w - 1)) >= (int)d);
}
static inline unsigned __ballot_sync(unsigned m, int p) {
    int v = p != 0;
    unsigned r = 0;
    auto slots = emu::collect(m, &v, 4, [](auto) {});
    for (int i = 0; i < 32; i++) {
        if (m >> i & 1) {
            memcpy(&v, slots[i], 4);
            r |= (unsigned)v << i;
        }
    }
    return r;
}
static inline int __any_sync(unsigned m, int p) {
    return __ballot_sync(m, p) != 0;
}
static inline int __all_sync(unsigned m, int p) {
    return __ballot_sync(m, p) == m;
}
template <class T>
static inline T __ldg(const T* p) {
    return *p;
}
static inline int __popc(unsigned x) {
    return __builtin_popcount(x);
}
static inline int __ffs(int x) {
    return __builtin_ffs(x);
}
static inline int __clz(int x) {
    return x ? __builtin_clz(x) : 32;
}
static inline float rsqrtf(float x) {
    return 1.0f / sqrtf(x);
}
#define __expf expf // glibc has a function of that name
static inline float __fdividef(float a, float b) {
    return a / b;
}
static inline float __uint_as_float(unsigned u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}
static inline unsigned __float_as_uint(float f) {
    unsigned u;
    memcpy(&u, &f, 4);
    return u;
}
#define EMU_ATOMIC __attribute__((no_sanitize("thread"))) static inline
EMU_ATOMIC int atomicAdd(int* p, int v) {
    return __atomic_fetch_add(p, v, 5);
}
EMU_ATOMIC unsigned atomicAdd(unsigned* p, unsigned v) {
    return __atomic_fetch_add(p, v, 5);
}
EMU_ATOMIC float atomicAdd(float* p, float v) {
    unsigned seen = __atomic_load_n((unsigned*)p, 5), want;
    do {
        want = __float_as_uint(__uint_as_float(seen) + v);
    } while (!__atomic_compare_exchange_n((unsigned*)p, &seen, want, false, 5, 5));
    return __uint_as_float(seen);
}
EMU_ATOMIC unsigned long long atomicAdd(unsigned long long* p, unsigned long long v) {
    return __atomic_fetch_add(p, v, 5);
}
EMU_ATOMIC int atomicMin(int* p, int v) {
    int seen = __atomic_load_n(p, 5);
    while (v < seen && !__atomic_compare_exchange_n(p, &seen, v, false, 5, 5)) {
    }
    return seen;
}
template <class T>
static inline T min(T a, T b) {
    return a < b ? a : b;
}
template <class T>
static inline T max(T a, T b) {
    return a > b ? a : b;
}
