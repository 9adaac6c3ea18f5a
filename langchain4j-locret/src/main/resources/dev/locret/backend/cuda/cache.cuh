// Caches and rotary tables as kernels see them; the layouts are those of CudaCache.java.
#pragma once
#include "common.cuh"

// A segment of a batch, with its cache of the layer at hand. Its KV heads' places follow in an array of their own.
struct Segment {
    void* keys; // before rotary embedding, [entries of all heads][headDim]
    void* values;
    int* positions;
    float* scores;
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
#define CACHE_Q4 3 // blocks of 18 bytes: a scale (half) and 32 nibbles; of keys, mixed as KeyMixing.java says
#define Q4_BYTES 18

// Sum of four bytes below 64.
static __device__ __forceinline__ int byteSum(u32 bytes) {
    return bytes * 0x01010101u >> 24;
}

// An element of a key that lies there mixed. Its 32 terms are the nibbles times one scale: their sum is exact.
static __device__ __forceinline__ float unmixed(const void* rows, i64 at) {
    const u16* block = reinterpret_cast<const u16*>(static_cast<const u8*>(rows) + (at >> 5) * Q4_BYTES);
    u32 d = at & 31;
    // The sign of term j is that of the parity of the bits in d & j; here for four neighbours.
    u32 minus = (d & 1 ? 0xff00ff00u : 0) ^ (d & 2 ? 0xffff0000u : 0);
    int sum = d == 0 ? -8 * 32 : 0;
#pragma unroll
    for (u32 four = 0; four < 4; four++) {
        u32 word = block[1 + 2 * four] | (u32)block[2 + 2 * four] << 16;
        u32 low = word & 0x0f0f0f0fu, high = word >> 4 & 0x0f0f0f0fu;
        int lows = byteSum(low & ~minus) - byteSum(low & minus);
        int highs = byteSum(high & ~minus) - byteSum(high & minus);
        int both = d & 16 ? lows - highs : lows + highs;
        sum += __popc(d >> 2 & four) & 1 ? -both : both;
    }
    return fromHalf(block[0]) * (float)sum;
}

// An element of values, or of keys that are not mixed; rows fill whole blocks.
static __device__ __forceinline__ float element(const void* rows, i64 at, int type) {
    if (type == CACHE_F32) {
        return static_cast<const float*>(rows)[at];
    }
    if (type == CACHE_F16) {
        return fromHalf(static_cast<const u16*>(rows)[at]);
    }
    if (type == CACHE_Q4) {
        const u8* block = static_cast<const u8*>(rows) + (at >> 5) * Q4_BYTES;
        int i = at & 31, pair = block[2 + (i & 15)];
        return fromHalf(*reinterpret_cast<const u16*>(block)) * (float)((i < 16 ? pair & 15 : pair >> 4) - 8);
    }
    const u8* block = static_cast<const u8*>(rows) + (at >> 5) * 34;
    return fromHalf(*reinterpret_cast<const u16*>(block)) * (float)static_cast<signed char>(block[2 + (at & 31)]);
}

// An element of keys.
static __device__ __forceinline__ float keyElement(const void* rows, i64 at, int type) {
    return type == CACHE_Q4 ? unmixed(rows, at) : element(rows, at, type);
}

// 32 values as nibbles, those of keys mixed before; bit for bit as KeyMixing.java and KvQuantizer.java do.
static __device__ __forceinline__ void storeNibbles(const float* row, u8* to, bool key) {
    float x[32];
#pragma unroll
    for (int i = 0; i < 32; i++) {
        x[i] = row[i];
    }
    if (key) {
#pragma unroll
        for (int half = 1; half < 32; half *= 2) {
#pragma unroll
            for (int i = 0; i < 32; i++) {
                if ((i & half) == 0) {
                    float a = x[i], b = x[i + half];
                    x[i] = a + b;
                    x[i + half] = a - b;
                }
            }
        }
#pragma unroll
        for (int i = 0; i < 32; i++) {
            x[i] *= 1.0f / 32;
        }
    }
    float largest = x[0];
    bool sound = true;
#pragma unroll
    for (int i = 0; i < 32; i++) {
        largest = fabsf(x[i]) > fabsf(largest) ? x[i] : largest;
        sound = sound && isSound(x[i]);
    }
    // Eight times the scale must be a half too.
    sound = sound && fabsf(largest) <= 65504;
    float scale = sound ? largest / -8 : INFINITE, inverse = scale == 0 ? 0 : 1.0f / scale;
    u16* out = reinterpret_cast<u16*>(to);
    out[0] = toHalf(scale);
#pragma unroll
    for (int i = 0; i < 16; i += 2) {
        u32 word = 0;
#pragma unroll
        for (int nibble = 0; nibble < 4; nibble++) {
            // The sum in 64 bits and its rounding keep the compiler from a fused one, which rounds otherwise.
            float scaled = x[i + (nibble >> 1) + 16 * (nibble & 1)] * inverse;
            u32 value = sound ? min(15, (int)(float)(scaled + 8.5)) : 9;
            word |= value << 4 * nibble;
        }
        out[1 + i / 2] = (u16)word;
    }
}

// Writes a row of keys or values in the cache's type; every thread of the block takes part. Bytes are rounded bit for bit
// as KvQuantizer.java does. What is too large becomes infinite, and the next norm reports it.
static __device__ __forceinline__ void store(const float* row, void* rows, i64 at, int type, int dim, bool key) {
    if (type == CACHE_Q4) {
        for (int block = threadIdx.x; block < dim / 32; block += blockDim.x) {
            storeNibbles(row + 32 * block, static_cast<u8*>(rows) + (at / 32 + block) * Q4_BYTES, key);
        }
        return;
    }
    if (type == CACHE_Q8) {
        for (int block = threadIdx.x; block < dim / 32; block += blockDim.x) {
            const float* x = row + 32 * block;
            u8* to = static_cast<u8*>(rows) + (at / 32 + block) * 34;
            float largest = 0;
            bool sound = true;
            for (int i = 0; i < 32; i++) {
                largest = fmaxf(largest, fabsf(x[i]));
                sound = sound && isSound(x[i]);
            }
            float scale = sound ? largest / 127 : INFINITE, inverse = scale == 0 ? 0 : 1.0f / scale;
            *reinterpret_cast<u16*>(to) = toHalf(scale);
            for (int i = 0; i < 32; i++) {
                double scaled = x[i] * inverse;
                // A byte of its own in an unsound block, so that infinity times it is not NaN's opposite, nothing.
                to[2 + i] = sound ? (u8)(signed char)(int)(scaled + (scaled < 0 ? -0.5 : 0.5)) : 1;
            }
        }
        return;
    }
    for (int d = threadIdx.x; d < dim; d += blockDim.x) {
        if (type == CACHE_F16) {
            static_cast<u16*>(rows)[at + d] = toHalf(row[d]);
        } else {
            static_cast<float*>(rows)[at + d] = row[d];
        }
    }
}

// Writes the key and value of a row of the batch to where they lie after the append; every thread of the block takes part.
static __device__ __forceinline__ void appendRow(const Segment& s, Head head, int row, const float* key,
                                                 const float* value, int dim) {
    int place = head.first + head.length - s.rows + row - s.firstRow;
#pragma unroll 1
    for (int which = 0; which < 2; which++) {
        store(which ? value : key, which ? s.values : s.keys, (i64)place * dim, s.type, dim, which == 0);
    }
    if (threadIdx.x == 0) {
        s.positions[place] = s.firstPosition + row - s.firstRow;
    }
}

// Dimension `i` of the row that begins at an element, after rotation for a position.
static __device__ __forceinline__ float rotated(const void* rows, i64 row, int type, int i, i64 position,
                                                Rotary rotary) {
    int half = rotary.half;
    float value = keyElement(rows, row + i, type);
    if (i >= 2 * half) {
        return value;
    }
    int pair = i < half ? i : i - half;
    float cosine = rotary.cosines[position * half + pair], sine = rotary.sines[position * half + pair];
    float other = keyElement(rows, row + (i < half ? i + half : pair), type);
    return fmaf(value, cosine, i < half ? -(other * sine) : other * sine);
}

static __device__ __forceinline__ i64 keyPosition(const Segment& s, Head head, int entry, Rotary rotary) {
    return rotary.original ? s.positions[head.first + entry] : entry;
}

static __device__ __forceinline__ i64 queryPosition(const Segment& s, Head head, int token, Rotary rotary) {
    return (rotary.original ? s.firstPosition : head.length - s.rows) + (i64)token;
}
