// Rows of the embedding table as floats: out[i] = table[tokens[i]]. A block of one warp takes a token and a tile.
#include "weights.cuh"

template <class T>
static __device__ __forceinline__ void embedTile(Weights table, const int* tokens, float* out, int columns, int stride) {
    float w[32];
    int lane = threadIdx.x, tile = blockIdx.x * TILE;
    decodeTile<T>(table, tokens[blockIdx.y], tile, lane, w);
    float* row = out + (i64)blockIdx.y * stride;
#pragma unroll
    for (int j = 0; j < 32; j++) {
        int column = tile + tileColumn<T>(lane, j);
        if (column < columns) {
            row[column] = w[j];
        }
    }
}

#define EMBED(type)                                                                                                    \
    KERNEL(embed_##type, 32, const u8* bodies, const u8* headers, int padded, const int* tokens, float* out,           \
           int columns, int stride) {                                                                                  \
        embedTile<type>(Weights{bodies, headers, padded}, tokens, out, columns, stride);                               \
    }
#define EMBED_OF(type) EMBED(type)
FOR_EACH_TYPE(EMBED_OF)
