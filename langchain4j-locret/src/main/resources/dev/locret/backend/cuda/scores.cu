// Appending entries to a cache, and scores that need no attention.
#include "cache.cuh"

// A block takes a new token of a batch and a KV head. `heads` are those after the append.
KERNEL(append, 128, const float* keys, int keyStride, const float* values, int valueStride, const Segment* segments,
       const Head* heads, int dim) {
    int token = blockIdx.x, kvHead = blockIdx.y, i = 0;
    while (token >= segments[i].rows) {
        token -= segments[i++].rows;
    }
    const Segment& s = segments[i];
    int row = s.firstRow + token;
    appendRow(s, heads[i * gridDim.y + kvHead], row, keys + (i64)row * keyStride + kvHead * dim,
              values + (i64)row * valueStride + kvHead * dim, dim);
}

// Scores of a segment's new tokens, the largest of `pooling` neighbours among them.
KERNEL(store_scores, 256, const float* in, int stride, int rows, int pooling, const Segment* segment,
       const Head* heads) {
    int row = blockIdx.x * 256 + threadIdx.x, kvHead = blockIdx.y, reach = pooling / 2;
    if (row >= rows) {
        return;
    }
    float best = -INFINITE;
    for (int near = max(0, row - reach); near <= min(rows - 1, row + reach); near++) {
        best = fmaxf(best, in[(i64)near * stride + kvHead]);
    }
    segment->scores[heads[kvHead].first + heads[kvHead].length - rows + row] = best;
}

// Entries are in order of position: the index orders them as well and is exact as a float.
KERNEL(score_by_recency, 256, const Head* heads, const int* positions, int sinks, float* scores) {
    int entry = blockIdx.x * 256 + threadIdx.x;
    Head head = heads[blockIdx.y];
    if (entry < head.length) {
        int at = head.first + entry;
        scores[at] = positions[at] < sinks ? __uint_as_float(0x7f7fffffu) : entry;
    }
}

// The finalizer of SplitMix64.
static __device__ __forceinline__ u64 mixBits(u64 x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
}

KERNEL(score_at_random, 256, const Head* heads, const int* positions, u64 seed, float* scores) {
    int entry = blockIdx.x * 256 + threadIdx.x, kvHead = blockIdx.y;
    Head head = heads[kvHead];
    if (entry < head.length) {
        int at = head.first + entry;
        u64 mixed = mixBits(mixBits(seed) + ((u64)kvHead << 32) + (u64)(i64)positions[at]);
        scores[at] = (float)(mixed >> 40) * 0x1p-24f;
    }
}

static __device__ __forceinline__ float inverseNorm(float square) {
    return square == 0 ? 0 : 1.0f / sqrtf(square);
}

// Sum of a head's unit keys, [kvHeads][dim]. A block of 8 warps takes a head; their sums are added in order.
KERNEL(mean_key, 256, const Head* heads, const void* keys, int type, int dim, float* means) {
    __shared__ float sums[8][128];
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    Head head = heads[blockIdx.x];
    float sum[4] = {};
    for (int entry = warp; entry < head.length; entry += 8) {
        i64 key = (i64)(head.first + entry) * dim;
        float value[4] = {}, square = 0;
        for (int i = 0; i < 4 && lane + 32 * i < dim; i++) {
            value[i] = keyElement(keys, key + lane + 32 * i, type);
            square = fmaf(value[i], value[i], square);
        }
        float inverse = inverseNorm(warpSum(square));
        for (int i = 0; i < 4; i++) {
            sum[i] = fmaf(value[i], inverse, sum[i]);
        }
    }
    for (int i = 0; i < 4; i++) {
        sums[warp][lane + 32 * i] = sum[i];
    }
    __syncthreads();
    for (int d = threadIdx.x; d < dim; d += 256) {
        float total = 0;
        for (int w = 0; w < 8; w++) {
            total += sums[w][d];
        }
        means[blockIdx.x * dim + d] = total;
    }
}

// Minus the cosine of each key with the mean of its head. A warp takes an entry.
KERNEL(score_by_key_difference, 256, const Head* heads, const void* keys, int type, int dim, const float* means,
       float* scores) {
    int lane = threadIdx.x & 31, entry = blockIdx.x * 8 + (threadIdx.x >> 5);
    Head head = heads[blockIdx.y];
    if (entry >= head.length) {
        return;
    }
    i64 key = (i64)(head.first + entry) * dim;
    const float* mean = means + blockIdx.y * dim;
    float dot = 0, square = 0, meanSquare = 0;
    for (int d = lane; d < dim; d += 32) {
        float value = keyElement(keys, key + d, type);
        dot = fmaf(value, mean[d], dot);
        square = fmaf(value, value, square);
        meanSquare = fmaf(mean[d], mean[d], meanSquare);
    }
    dot = warpSum(dot);
    float factor = inverseNorm(warpSum(square)) * inverseNorm(warpSum(meanSquare));
    if (lane == 0) {
        scores[head.first + entry] = -dot * factor;
    }
}
