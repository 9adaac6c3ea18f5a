// Caches and rotary tables as kernels see them; the layouts are those of CudaCache.java.
#pragma once
#include "common.cuh"

// A segment of a batch, with its cache of the layer at hand. Its KV heads' places follow in an array of their own.
struct Segment {
    const void* keys; // before rotary embedding, [entries of all heads][headDim]
    const void* values;
    const int* positions;
    int firstRow; // of the batch
    int rows;     // new tokens; they are the last entries of every head
    int firstPosition;
    int type; // of keys and values
};

// Where a KV head lies among the entries of all heads.
struct Head {
    int first;
    int length;
};

struct Rotary {
    const float* cosines; // [positions][half]
    const float* sines;
    int half;     // pairs (i, i + half) are rotated; dimensions from 2 · half on are left alone
    int original; // whether positions are those of the text, not of the cache
};

// How keys and values are held; the numbers are those of CudaCache.java.
#define CACHE_F32 0
#define CACHE_F16 1
#define CACHE_Q8 2 // blocks of 34 bytes: a scale (half) and 32 signed bytes

// An element of keys or values; rows fill whole blocks.
static __device__ __forceinline__ float element(const void* rows, i64 at, int type) {
    if (type == CACHE_F32) {
        return static_cast<const float*>(rows)[at];
    }
    if (type == CACHE_F16) {
        return fromHalf(static_cast<const u16*>(rows)[at]);
    }
    const u8* block = static_cast<const u8*>(rows) + (at >> 5) * 34;
    return fromHalf(*reinterpret_cast<const u16*>(block)) * (float)static_cast<signed char>(block[2 + (at & 31)]);
}

// Dimension `i` of the row that begins at an element, after rotation for a position.
static __device__ __forceinline__ float rotated(const void* rows, i64 row, int type, int i, i64 position,
                                                Rotary rotary) {
    int half = rotary.half;
    if (i >= 2 * half) {
        return element(rows, row + i, type);
    }
    int pair = i < half ? i : i - half;
    float cosine = rotary.cosines[position * half + pair], sine = rotary.sines[position * half + pair];
    float low = element(rows, row + pair, type), high = element(rows, row + pair + half, type);
    return i < half ? fmaf(low, cosine, -(high * sine)) : fmaf(high, cosine, low * sine);
}

static __device__ __forceinline__ i64 keyPosition(const Segment& s, Head head, int entry, Rotary rotary) {
    return rotary.original ? s.positions[head.first + entry] : entry;
}

static __device__ __forceinline__ i64 queryPosition(const Segment& s, Head head, int token, Rotary rotary) {
    return (rotary.original ? s.firstPosition : head.length - s.rows) + (i64)token;
}
