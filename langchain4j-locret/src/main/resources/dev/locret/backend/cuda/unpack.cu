// Unpacks rows of a weight to f16 for a matrix product on tensor cores, or to f32. A block of one warp takes a row and a
// tile; the padding of a row is written too.
#include "weights.cuh"

template <class T>
static __device__ __forceinline__ void unpackTile(Weights t, int firstRow, void* out, bool halves) {
    float w[32];
    int lane = threadIdx.x, tile = blockIdx.x * TILE;
    decodeTile<T>(t, (i64)firstRow + blockIdx.y, tile, lane, w);
    i64 row = (i64)blockIdx.y * t.columns;
#pragma unroll
    for (int group = 0; group < 4; group++) {
        int column = tile + tileColumn<T>(lane, 8 * group);
        if (column >= t.columns) {
            continue;
        }
        const float* v = w + 8 * group;
        if (halves) {
            uint4 packed = {packHalves(v[0], v[1]), packHalves(v[2], v[3]), packHalves(v[4], v[5]),
                            packHalves(v[6], v[7])};
            reinterpret_cast<uint4*>(static_cast<u16*>(out) + row + column)[0] = packed;
        } else {
            float4* at = reinterpret_cast<float4*>(static_cast<float*>(out) + row + column);
            at[0] = make_float4(v[0], v[1], v[2], v[3]);
            at[1] = make_float4(v[4], v[5], v[6], v[7]);
        }
    }
}

#define UNPACK(type)                                                                                                   \
    KERNEL(unpack_##type, 32, const u8* bodies, const u8* headers, int padded, int firstRow, void* out, int halves) {  \
        unpackTile<type>(Weights{bodies, headers, padded}, firstRow, out, halves != 0);                                \
    }
#define UNPACK_OF(type) UNPACK(type)
FOR_EACH_TYPE(UNPACK_OF)
