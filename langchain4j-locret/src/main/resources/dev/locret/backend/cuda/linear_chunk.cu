// What stands around the matrix product of a chunk: inputs to 16 bits before it, scales, bias and sums behind it.
#include "common.cuh"

// A block takes a row. Each row is multiplied by a power of two that brings its largest value to about 1000, whatever it
// was: half precision ends at 65504. `scales` takes it back. Columns up to `padded` are zeros.
KERNEL(pack_half_rows, 256, const float* in, int columns, int inStride, u16* out, int padded, float* scales) {
    __shared__ float scratch[32];
    const float* row = in + (i64)blockIdx.x * inStride;
    float most = 0;
    for (int i = threadIdx.x; i < columns; i += 256) {
        most = fmaxf(most, fabsf(row[i]));
    }
    most = blockMax(most, scratch);
    int exponent = (int)(__float_as_uint(most) >> 23) - 127;
    // Zero, subnormal, infinite and NaN rows stay as they are, so that faults stay visible.
    int shift = exponent > -100 && exponent < 128 ? 10 - exponent : 0;
    float factor = __uint_as_float((u32)(127 + shift) << 23);
    for (int i = threadIdx.x; i < padded; i += 256) {
        out[(i64)blockIdx.x * padded + i] = i < columns ? toHalf(row[i] * factor) : 0;
    }
    if (threadIdx.x == 0) {
        scales[blockIdx.x] = __uint_as_float((u32)(127 - shift) << 23);
    }
}

KERNEL(pack_bfloat_rows, 256, const float* in, int columns, int inStride, u16* out, int padded) {
    for (int i = threadIdx.x; i < padded; i += 256) {
        bool inside = i < columns;
        out[(i64)blockIdx.x * padded + i] = inside ? toBfloat(in[(i64)blockIdx.x * inStride + i]) : 0;
    }
}

KERNEL(pad_float_rows, 256, const float* in, int columns, int inStride, float* out, int padded) {
    for (int i = threadIdx.x; i < padded; i += 256) {
        out[(i64)blockIdx.x * padded + i] = i < columns ? in[(i64)blockIdx.x * inStride + i] : 0;
    }
}

// out = product · scale of the row + bias, or out += …; product is [rows][count], or null for none.
KERNEL(finish_rows, 256, const float* product, int count, const float* scales, const float* bias, float* out,
       int outStride, int accumulate) {
    int column = blockIdx.x * 256 + threadIdx.x, row = blockIdx.y;
    if (column < count) {
        float* at = out + (i64)row * outStride + column;
        float value = product ? product[(i64)row * count + column] * (scales ? scales[row] : 1) : 0;
        *at = value + (bias ? bias[column] : 0) + (accumulate ? *at : 0);
    }
}

// As finish_rows for the last outputs of what is added to, from `first` on, whose other columns are finished; and then
// normed = out / sqrt(mean(out²) + epsilon) · weight. A block takes a row.
KERNEL(finish_norm_rows, 256, const float* product, int first, int columns, const float* scales, const float* bias,
       float* out, int outStride, const float* weight, float epsilon, float* normed, int normedStride, int site,
       int* fault) {
    __shared__ float scratch[32];
    int row = blockIdx.x;
    float* at = out + (i64)row * outStride;
    float square = 0;
    for (int i = threadIdx.x; i < columns; i += 256) {
        float sum = at[i];
        if (i >= first) {
            float value = product[(i64)row * (columns - first) + i - first] * (scales ? scales[row] : 1);
            sum = value + (bias ? bias[i] : 0) + sum;
            at[i] = sum;
        }
        square = fmaf(sum, sum, square);
    }
    square = blockSum(square, scratch);
    if (threadIdx.x == 0 && !isSound(square)) {
        atomicMin(fault, site);
    }
    float factor = 1.0f / sqrtf(square / columns + epsilon);
    for (int i = threadIdx.x; i < columns; i += 256) {
        normed[(i64)row * normedStride + i] = at[i] * factor * weight[i];
    }
}
