// Norms, activations and copies of rows.
#include "common.cuh"

// out = in / sqrt(mean(in²) + epsilon) · weight; a block takes a row. The least site with an unsound row stays in `fault`.
KERNEL(rms_norm, 256, const float* in, int columns, int inStride, const float* weight, float epsilon, float* out,
       int outStride, int site, int* fault) {
    __shared__ float scratch[32];
    const float* row = in + (i64)blockIdx.x * inStride;
    float square = 0;
    for (int i = threadIdx.x; i < columns; i += 256) {
        square = fmaf(row[i], row[i], square);
    }
    square = blockSum(square, scratch);
    if (threadIdx.x == 0 && !isSound(square)) {
        atomicMin(fault, site);
    }
    float factor = 1.0f / sqrtf(square / columns + epsilon);
    for (int i = threadIdx.x; i < columns; i += 256) {
        out[(i64)blockIdx.x * outStride + i] = row[i] * factor * weight[i];
    }
}

// out = silu(in[:, :width]) · in[:, width:]
KERNEL(gated_activation, 256, const float* in, int inStride, int width, float* out, int outStride) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < width) {
        const float* row = in + (i64)blockIdx.y * inStride;
        out[(i64)blockIdx.y * outStride + column] = silu(row[column]) * row[width + column];
    }
}

KERNEL(silu_rows, 256, float* x, int stride, int columns) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < columns) {
        float* at = x + (i64)blockIdx.y * stride + column;
        *at = silu(*at);
    }
}

// x · Φ(x) with the normal distribution's Φ itself.
KERNEL(gelu_rows, 256, float* x, int stride, int columns) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < columns) {
        float* at = x + (i64)blockIdx.y * stride + column;
        *at *= 0.5f * erfcf(*at * -0.70710678118654752f);
    }
}

// out[i] = in[rows[i]]
KERNEL(gather_rows, 256, const float* in, int inStride, const int* rows, int columns, float* out, int outStride) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < columns) {
        out[(i64)blockIdx.y * outStride + column] = in[(i64)rows[blockIdx.y] * inStride + column];
    }
}

// Minus the logarithm of a token's probability, from its row of logits; written to every column. A block takes a row.
KERNEL(surprise_rows, 256, const float* logits, int vocabulary, const int* tokens, float* out, int columns, int stride) {
    __shared__ float scratch[32];
    const float* row = logits + (i64)blockIdx.x * vocabulary;
    float most = -INFINITE;
    for (int i = threadIdx.x; i < vocabulary; i += 256) {
        most = fmaxf(most, row[i]);
    }
    most = blockMax(most, scratch);
    float sum = 0;
    for (int i = threadIdx.x; i < vocabulary; i += 256) {
        sum += expf(row[i] - most);
    }
    sum = blockSum(sum, scratch);
    float value = most + logf(sum) - row[tokens[blockIdx.x]];
    for (int i = threadIdx.x; i < columns; i += 256) {
        out[(i64)blockIdx.x * stride + i] = value;
    }
}

// Row 0 gets the mean of the others' first column, 0 if there are none. One block.
KERNEL(surprise_first, 256, float* out, int rows, int columns, int stride) {
    __shared__ float scratch[32];
    float sum = 0;
    for (int row = 1 + threadIdx.x; row < rows; row += 256) {
        sum += out[(i64)row * stride];
    }
    sum = blockSum(sum, scratch);
    for (int i = threadIdx.x; i < columns; i += 256) {
        out[i] = rows > 1 ? sum / (rows - 1) : 0;
    }
}
