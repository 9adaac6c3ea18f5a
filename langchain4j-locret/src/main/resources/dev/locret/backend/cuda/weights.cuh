// Weights as they lie on the device. A row's blocks are split in two planes, so that each can be read in aligned words:
// bodies hold the quants, headers the scales; see WeightLayout.java. Rows of plain types are padded with zeros to a
// multiple of 8 columns.
//
// A warp decodes 1024 consecutive columns of a row at a time, 32 in each lane.
#pragma once
#include "common.cuh"

#define TILE 1024

struct Weights {
    const u8* bodies;
    const u8* headers;
    int columns; // with padding
};

static __device__ __forceinline__ u32 word(const uint4* v, int i) {
    return reinterpret_cast<const u32*>(v)[i];
}

static __device__ __forceinline__ float half16(const u8* at) {
    return fromHalf(*reinterpret_cast<const u16*>(at));
}

// Column in the tile of weight j of a lane: consecutive for block types, interleaved in eights for plain ones.
template <class T>
static __device__ __forceinline__ int tileColumn(int lane, int j) {
    return T::PLAIN ? (j >> 3) * 256 + lane * 8 + (j & 7) : lane * 32 + j;
}

struct F32 {
    static constexpr bool PLAIN = true;
    static __device__ __forceinline__ void decode8(const u8* row, int column, float* w) {
        const float4* at = reinterpret_cast<const float4*>(row) + column / 4;
        float4 a = at[0], b = at[1];
        w[0] = a.x, w[1] = a.y, w[2] = a.z, w[3] = a.w, w[4] = b.x, w[5] = b.y, w[6] = b.z, w[7] = b.w;
    }
    static constexpr int BYTES = 4;
};

template <bool BRAIN>
struct Bits16 {
    static constexpr bool PLAIN = true;
    static constexpr int BYTES = 2;
    static __device__ __forceinline__ void decode8(const u8* row, int column, float* w) {
        uint4 v = reinterpret_cast<const uint4*>(row)[column / 8];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            u32 pair = word(&v, i);
            w[2 * i] = BRAIN ? fromBfloat((u16)pair) : fromHalf((u16)pair);
            w[2 * i + 1] = BRAIN ? fromBfloat((u16)(pair >> 16)) : fromHalf((u16)(pair >> 16));
        }
    }
};
typedef Bits16<false> F16;
typedef Bits16<true> BF16;

// 32 weights of blocks of 32: FIFTH bits or none, a MINIMUM or a fixed shift.
template <int HEADER, bool FIFTH, bool MINIMUM>
struct Block32 {
    static constexpr bool PLAIN = false;
    static __device__ __forceinline__ void decode32(Weights t, i64 row, int column, float* w) {
        i64 block = row * (t.columns / 32) + column / 32;
        uint4 body = reinterpret_cast<const uint4*>(t.bodies)[block];
        const u8* header = t.headers + block * HEADER;
        float scale = half16(header);
        float minimum = MINIMUM ? half16(header + 2) : scale * (FIFTH ? -16.0f : -8.0f);
        const u16* fifth = reinterpret_cast<const u16*>(header + (MINIMUM ? 4 : 2));
        u32 high = FIFTH ? fifth[0] | (u32)fifth[1] << 16 : 0;
#pragma unroll
        for (int j = 0; j < 16; j++) {
            u32 pair = word(&body, j >> 2) >> 8 * (j & 3);
            w[j] = fmaf(scale, (float)((pair & 15) | (high >> j & 1) << 4), minimum);
            w[j + 16] = fmaf(scale, (float)((pair >> 4 & 15) | (high >> (j + 16) & 1) << 4), minimum);
        }
    }
};
typedef Block32<2, false, false> Q4_0;
typedef Block32<4, false, true> Q4_1;
typedef Block32<6, true, false> Q5_0;
typedef Block32<8, true, true> Q5_1;

struct Q8_0 {
    static constexpr bool PLAIN = false;
    static __device__ __forceinline__ void decode32(Weights t, i64 row, int column, float* w) {
        i64 block = row * (t.columns / 32) + column / 32;
        const uint4* body = reinterpret_cast<const uint4*>(t.bodies) + block * 2;
        uint4 v[2] = {body[0], body[1]};
        float scale = half16(t.headers + block * 2);
#pragma unroll
        for (int j = 0; j < 32; j++) {
            w[j] = scale * (float)(signed char)(word(v, j >> 2) >> 8 * (j & 3));
        }
    }
};

// Eight sub-blocks of 32 weights; six-bit scales and minima. FIFTH: 32 bytes of fifth bits in front of the nibbles.
template <bool FIFTH>
struct BlockK {
    static constexpr bool PLAIN = false;
    static __device__ __forceinline__ void decode32(Weights t, i64 row, int column, float* w) {
        i64 block = row * (t.columns / 256) + column / 256;
        int sub = column / 32 & 7;
        const u8* body = t.bodies + block * (FIFTH ? 160 : 128);
        const u8* header = t.headers + block * 16;
        const u8* packed = header + 4;
        int scale, minimum;
        if (sub < 4) {
            scale = packed[sub] & 63;
            minimum = packed[sub + 4] & 63;
        } else {
            scale = (packed[sub + 4] & 15) | (packed[sub - 4] >> 6) << 4;
            minimum = packed[sub + 4] >> 4 | (packed[sub] >> 6) << 4;
        }
        float factor = half16(header) * scale, shift = half16(header + 2) * minimum;
        const uint4* nibbles = reinterpret_cast<const uint4*>(body + (FIFTH ? 32 : 0) + 32 * (sub / 2));
        uint4 v[2] = {nibbles[0], nibbles[1]}, high[2];
        if (FIFTH) {
            high[0] = reinterpret_cast<const uint4*>(body)[0];
            high[1] = reinterpret_cast<const uint4*>(body)[1];
        }
#pragma unroll
        for (int j = 0; j < 32; j++) {
            int at = 8 * (j & 3);
            u32 quant = word(v, j >> 2) >> (at + 4 * (sub & 1)) & 15;
            if (FIFTH) {
                quant |= (word(high, j >> 2) >> (at + sub) & 1) << 4;
            }
            w[j] = fmaf(factor, (float)quant, -shift);
        }
    }
};
typedef BlockK<false> Q4_K;
typedef BlockK<true> Q5_K;

// Sixteen sub-blocks of 16 weights with signed scales; bits five and six in 64 bytes behind the nibbles.
struct Q6_K {
    static constexpr bool PLAIN = false;
    static __device__ __forceinline__ void decode32(Weights t, i64 row, int column, float* w) {
        i64 block = row * (t.columns / 256) + column / 256;
        int sub = column / 32 & 7, half = sub >> 2, quarter = sub & 3;
        const u8* body = t.bodies + block * 192;
        const u8* header = t.headers + block * 18;
        const uint4* nibbles = reinterpret_cast<const uint4*>(body + 64 * half + 32 * (quarter & 1));
        const uint4* upper = reinterpret_cast<const uint4*>(body + 128 + 32 * half);
        uint4 v[2] = {nibbles[0], nibbles[1]}, high[2] = {upper[0], upper[1]};
        float scale = half16(header + 16);
        const signed char* scales = reinterpret_cast<const signed char*>(header) + 8 * half + 2 * quarter;
        float factors[2] = {scale * scales[0], scale * scales[1]};
#pragma unroll
        for (int j = 0; j < 32; j++) {
            int at = 8 * (j & 3);
            u32 quant = word(v, j >> 2) >> (at + 4 * (quarter >> 1)) & 15;
            quant |= (word(high, j >> 2) >> (at + 2 * quarter) & 3) << 4;
            w[j] = factors[j >> 4] * ((int)quant - 32);
        }
    }
};

// The lane's 32 weights of the tile that begins at a column; zeros beyond the last column. The order is that of tileColumn.
template <class T>
static __device__ __forceinline__ void decodeTile(Weights t, i64 row, int tile, int lane, float* w) {
    if constexpr (T::PLAIN) {
        const u8* bytes = t.bodies + row * t.columns * T::BYTES;
#pragma unroll
        for (int group = 0; group < 4; group++) {
            int column = tile + group * 256 + lane * 8;
            if (column < t.columns) {
                T::decode8(bytes, column, w + 8 * group);
            } else {
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    w[8 * group + i] = 0;
                }
            }
        }
    } else {
        int column = tile + lane * 32;
        if (column < t.columns) {
            T::decode32(t, row, column, w);
        } else {
#pragma unroll
            for (int i = 0; i < 32; i++) {
                w[i] = 0;
            }
        }
    }
}

// Writes X(type) once for each type that this compilation is for: all of them on the host, one on the device, where a
// program is compiled with -DWEIGHT_TYPE=…
#ifdef WEIGHT_TYPE
#define FOR_EACH_TYPE(X) X(WEIGHT_TYPE)
#else
#define FOR_EACH_TYPE(X)                                                                                               \
    X(F32) X(F16) X(BF16) X(Q4_0) X(Q4_1) X(Q5_0) X(Q5_1) X(Q8_0) X(Q4_K) X(Q5_K) X(Q6_K)
#endif
