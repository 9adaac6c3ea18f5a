// A linear layer for the few rows of a decode step: out = in · weightᵀ + bias, or out += …; weights are unpacked as they
// are read, once for all rows. A row's sums are taken in the same order whatever the number of rows.
#include "weights.cuh"

#define WARPS 8
// Outputs of a warp: fewer where more rows need registers. CudaLinear.java knows them too.
#define OUTPUTS(rows) ((rows) <= 2 ? 4 : 2)
// Inputs of a tile in shared memory: four floats of padding in 32, so that lanes that read their own 32 do not collide.
#define PADDED_TILE (TILE + TILE / 8)

static __device__ __forceinline__ int padded(int column) {
    return column + (column >> 5) * 4;
}

template <class T, int ROWS>
static __device__ __forceinline__ void step(Weights t, int outputs, const float* in, int columns, int inStride,
                                            const float* bias, float* out, int outStride, bool accumulate) {
    DYNAMIC_SHARED(float, inputs); // [ROWS][PADDED_TILE]
    constexpr int EACH = OUTPUTS(ROWS);
    int lane = threadIdx.x & 31, first = (blockIdx.x * WARPS + (threadIdx.x >> 5)) * EACH;
    float sums[EACH][ROWS] = {};
    for (int tile = 0; tile < t.columns; tile += TILE) {
        __syncthreads();
        for (int i = threadIdx.x; i < ROWS * TILE; i += WARPS * 32) {
            int row = i / TILE, column = i % TILE;
            bool inside = tile + column < columns;
            inputs[row * PADDED_TILE + padded(column)] = inside ? in[(i64)row * inStride + tile + column] : 0;
        }
        __syncthreads();
#pragma unroll
        for (int o = 0; o < EACH; o++) {
            if (first + o >= outputs) {
                continue;
            }
            float w[32];
            decodeTile<T>(t, first + o, tile, lane, w);
#pragma unroll
            for (int j = 0; j < 32; j += 4) {
                int column = padded(tileColumn<T>(lane, j));
#pragma unroll
                for (int row = 0; row < ROWS; row++) {
                    float4 x = *reinterpret_cast<const float4*>(inputs + row * PADDED_TILE + column);
                    float sum = sums[o][row];
                    sum = fmaf(w[j], x.x, sum);
                    sum = fmaf(w[j + 1], x.y, sum);
                    sum = fmaf(w[j + 2], x.z, sum);
                    sums[o][row] = fmaf(w[j + 3], x.w, sum);
                }
            }
        }
    }
#pragma unroll
    for (int o = 0; o < EACH; o++) {
#pragma unroll
        for (int row = 0; row < ROWS; row++) {
            float sum = warpSum(sums[o][row]);
            if (lane == 0 && first + o < outputs) {
                float* at = out + (i64)row * outStride + first + o;
                *at = sum + (bias ? bias[first + o] : 0) + (accumulate ? *at : 0);
            }
        }
    }
}

#define STEP(type, rows)                                                                                               \
    KERNEL(linear_step_##type##_##rows, WARPS * 32, const u8* bodies, const u8* headers, int paddedColumns,            \
           int outputs, const float* in, int columns, int inStride, const float* bias, float* out, int outStride,      \
           int accumulate) {                                                                                           \
        step<type, rows>(Weights{bodies, headers, paddedColumns}, outputs, in, columns, inStride, bias, out,           \
                         outStride, accumulate != 0);                                                                  \
    }
#define STEP_OF(type, rows) STEP(type, rows)
#define STEPS(type) STEP_OF(type, 1) STEP_OF(type, 2) STEP_OF(type, 4) STEP_OF(type, 8)
FOR_EACH_TYPE(STEPS)
