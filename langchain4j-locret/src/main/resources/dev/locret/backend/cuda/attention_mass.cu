// Attention probabilities summed by entry. What normalises them is known from the attention itself. A block takes 32
// entries of a KV head, one a lane, and adds up all query rows; its four warps' sums are added in order at the end, so
// the result does not depend on the device.
#include "cache.cuh"

#define ROWS 16
#define KEYS 32
#define WARPS 4

KERNEL(attention_mass, WARPS * 32, const Segment* segments, const Head* heads, const float* queries, int queryStride,
       int group, int dim, float scale, const float* cosines, const float* sines, int half, int original,
       const float* logSums, int logStride, int tokens, int accumulate, float* scores) {
    DYNAMIC_SHARED(float, shared);
    float* queryRows = shared;            // [ROWS][dim]
    float* keys = queryRows + ROWS * dim; // [KEYS][dim + 1]
    __shared__ float sums[WARPS][KEYS];
    Segment s = segments[0];
    int kvHead = blockIdx.y, tid = threadIdx.x, lane = tid & 31, warp = tid >> 5, begin = blockIdx.x * KEYS;
    Head head = heads[kvHead];
    if (begin >= head.length) {
        return;
    }
    Rotary rotary = {cosines, sines, half, original};
    int before = head.length - s.rows, end = min(head.length, begin + KEYS);
    for (int i = tid; i < KEYS * dim; i += WARPS * 32) {
        int entry = begin + i / dim;
        i64 at = (i64)(head.first + entry) * dim;
        keys[i / dim * (dim + 1) + i % dim] =
            entry < end ? rotated(s.keys, at, s.type, i % dim, keyPosition(s, head, entry, rotary), rotary) : 0;
    }
    float sum = 0;
    // Tokens in front of these entries see nothing of them.
    int first = max(s.rows - tokens, begin - before) * group, rows = s.rows * group;
    for (int tile = first; tile < rows; tile += ROWS) {
        __syncthreads();
        for (int i = tid; i < ROWS * dim; i += WARPS * 32) {
            int row = tile + i / dim, token = row / group;
            float value = 0;
            if (row < rows) {
                const float* query =
                    queries + (i64)(s.firstRow + token) * queryStride + (kvHead * group + row % group) * dim;
                value = rotated(query, 0, 0, i % dim, queryPosition(s, head, token, rotary), rotary) * scale;
            }
            queryRows[i] = value;
        }
        __syncthreads();
        for (int r = warp; r < ROWS && tile + r < rows; r += WARPS) {
            int row = tile + r, token = row / group;
            float logit = 0;
            for (int d = 0; d < dim; d++) {
                logit = fmaf(queryRows[r * dim + d], keys[lane * (dim + 1) + d], logit);
            }
            if (begin + lane <= before + token) {
                sum += expf(logit - logSums[(i64)(s.firstRow + token) * logStride + kvHead * group + row % group]);
            }
        }
    }
    sums[warp][lane] = sum;
    __syncthreads();
    int entry = begin + lane;
    if (warp == 0 && entry < end) {
        float total = sums[0][lane] + sums[1][lane] + sums[2][lane] + sums[3][lane];
        float* at = scores + head.first + entry;
        *at = total + (accumulate && entry < before ? *at : 0);
    }
}
