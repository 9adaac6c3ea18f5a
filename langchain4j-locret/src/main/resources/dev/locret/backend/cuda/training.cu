// Training of retaining heads: activations, loss and AdamW.
#include "common.cuh"

#define THREADS 1024

// labels = max(labels, floor) + max(½ log(values · projected), floor), head by head. A warp takes a row and a head.
KERNEL(add_log_norms, 256, float* labels, int labelStride, int rows, int kvHeads, const float* values, int valueStride,
       const float* projected, int projectedStride, int dim, float floor) {
    int lane = threadIdx.x & 31, task = blockIdx.x * 8 + (threadIdx.x >> 5);
    if (task >= rows * kvHeads) {
        return;
    }
    int row = task / kvHeads, head = task % kvHeads;
    const float* v = values + (i64)row * valueStride + head * dim;
    const float* p = projected + (i64)row * projectedStride + head * dim;
    float square = 0;
    for (int d = lane; d < dim; d += 32) {
        square = fmaf(v[d], p[d], square);
    }
    square = warpSum(square);
    if (lane == 0) {
        float* at = labels + (i64)row * labelStride + head;
        // Rounding can make the square of a vanishing value negative.
        *at = fmaxf(*at, floor) + fmaxf(floor, 0.5f * logf(fmaxf(square, 0)));
    }
}

KERNEL(silu_into, 256, const float* in, int inStride, int columns, float* out, int outStride) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < columns) {
        out[(i64)blockIdx.y * outStride + column] = silu(in[(i64)blockIdx.y * inStride + column]);
    }
}

KERNEL(silu_gradient, 256, const float* in, int inStride, int columns, float* gradient, int stride) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column < columns) {
        float x = in[(i64)blockIdx.y * inStride + column], sigmoid = 1.0f / (1.0f + expf(-x));
        gradient[(i64)blockIdx.y * stride + column] *= sigmoid * (1.0f + x * (1.0f - sigmoid));
    }
}

static __device__ __forceinline__ double blockTotal(double value, double* scratch) {
    for (int offset = 16; offset > 0; offset >>= 1) {
        value += __shfl_xor_sync(FULL, value, offset);
    }
    __syncthreads();
    if ((threadIdx.x & 31) == 0) {
        scratch[threadIdx.x >> 5] = value;
    }
    __syncthreads();
    double total = 0;
    for (int i = 0; i < THREADS / 32; i++) {
        total += scratch[i];
    }
    return total;
}

// SmoothL1 of scores against labels and squared differences of neighbouring rows, their sums and the gradient. One block,
// whose order of sums depends on sizes alone.
KERNEL(score_loss, THREADS, const float* scores, int scoreStride, const float* labels, int labelStride, int rows,
       int columns, double labelledFactor, double low, double unevenFactor, float* gradient, int gradientStride,
       double* sums) {
    __shared__ double scratch[32];
    double labelled = 0, uneven = 0;
    for (int i = threadIdx.x; i < rows * columns; i += THREADS) {
        int row = i / columns, column = i % columns;
        const float* at = scores + (i64)row * scoreStride + column;
        double score = *at, difference = score - labels[(i64)row * labelStride + column];
        double size = difference < 0 ? -difference : difference, weight = 2 * (difference < 0 ? low : 1 - low);
        labelled += weight * (size < 1 ? 0.5 * difference * difference : size - 0.5);
        double slope = labelledFactor * weight * (size < 1 ? difference : difference < 0 ? -1 : 1);
        if (row > 0) {
            double step = score - at[-scoreStride];
            uneven += step * step;
            slope += 2 * unevenFactor * step;
        }
        if (row + 1 < rows) {
            slope += 2 * unevenFactor * (score - at[scoreStride]);
        }
        gradient[(i64)row * gradientStride + column] = (float)slope;
    }
    labelled = blockTotal(labelled, scratch);
    uneven = blockTotal(uneven, scratch);
    if (threadIdx.x == 0) {
        sums[0] = labelled;
        sums[1] = uneven;
    }
}

// One step of AdamW in PyTorch's order; the factors are those of the step at hand.
KERNEL(adamw, 256, float* weights, const float* gradients, float* means, float* squares, i64 count, float keep,
       float clip, float beta1, float rest1, float beta2, float rest2, float rate, float correction, float epsilon) {
    i64 i = (i64)blockIdx.x * 256 + threadIdx.x;
    if (i < count) {
        float gradient = fmaxf(-clip, fminf(clip, gradients[i]));
        float mean = beta1 * means[i] + rest1 * gradient;
        float square = beta2 * squares[i] + rest2 * gradient * gradient;
        means[i] = mean;
        squares[i] = square;
        weights[i] = weights[i] * keep - rate * mean / (sqrtf(square) * correction + epsilon);
    }
}
