// The largest attention that some tokens give to each entry, as labels for training. What the attention itself is was
// computed before. A block takes 32 entries of a KV head, one a lane, and looks at all query rows.
#include "cache.cuh"

#define ROWS 8
#define KEYS 32
#define WARPS 4

enum Kind { LOGIT, LOG_PROBABILITY, EVICTION_ERROR };

#define FLOOR -20.0f
// Smallest share of the sum of weights that other entries are taken to have: of a weight that rounds to all.
#define OTHERS 1e-6f

// Outputs of query heads multiplied by their Gram matrix, and oᵀGo. A block of one warp takes a row and a query head.
KERNEL(project_outputs, 32, const int* rows, int firstRow, const float* outputs, int heads, int dim, const float* grams,
       int gramStride, float* projected, float* norms) {
    int lane = threadIdx.x, head = blockIdx.y;
    i64 row = firstRow + rows[blockIdx.x], at = (row * heads + head) * dim;
    const float *out = outputs + at, *gram = grams + (i64)head * dim * gramStride;
    float norm = 0;
    for (int i = 0; i < dim; i++) {
        float sum = 0;
        for (int j = lane; j < dim; j += 32) {
            sum = fmaf(gram[(i64)i * gramStride + j], out[j], sum);
        }
        sum = warpSum(sum);
        norm = fmaf(sum, out[i], norm);
        if (lane == 0) {
            projected[at + i] = sum;
        }
    }
    if (lane == 0) {
        norms[row * heads + head] = norm;
    }
}

// `logSums` are the attention's own; `projected`, `norms` and `squares` (vᵀGv, [heads][capacity]) are for eviction errors.
KERNEL(attention_peaks, WARPS * 32, const Segment* segments, const Head* heads, const float* queries, int queryStride,
       int group, int dim, float scale, const float* cosines, const float* sines, int half, int original,
       const int* chosen, int count, int kind, const float* logSums, const float* projected, const float* norms,
       const float* squares, int capacity, int entries, int distance, float* peaks,
       int peakStride, int first) {
    DYNAMIC_SHARED(float, shared);
    float* keys = shared;                        // [KEYS][dim + 1]
    float* values = keys + KEYS * (dim + 1);     // the same
    float* queryRows = values + KEYS * (dim + 1); // [ROWS][dim]
    float* crossRows = queryRows + ROWS * dim;   // the same
    __shared__ float best[WARPS][KEYS];
    Segment s = segments[0];
    int kvHead = blockIdx.y, kvHeads = gridDim.y, queryHeads = kvHeads * group;
    int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5, begin = blockIdx.x * KEYS;
    Head head = heads[kvHead];
    Rotary rotary = {cosines, sines, half, original};
    int before = head.length - s.rows, end = min(min(head.length, entries), begin + KEYS);
    for (int i = tid; i < KEYS * dim; i += WARPS * 32) {
        int entry = begin + i / dim, to = i / dim * (dim + 1) + i % dim;
        i64 at = (i64)(head.first + entry) * dim;
        bool inside = entry < end;
        keys[to] = inside ? rotated(s.keys, at, s.type, i % dim, keyPosition(s, head, entry, rotary), rotary) : 0;
        values[to] = inside ? element(s.values, at + i % dim, s.type) : 0;
    }
    float peak = kind == EVICTION_ERROR ? FLOOR : -INFINITE;
    for (int tile = 0; tile < count * group; tile += ROWS) {
        __syncthreads();
        for (int i = tid; i < ROWS * dim; i += WARPS * 32) {
            int row = tile + i / dim;
            float value = 0, cross = 0;
            if (row < count * group) {
                int token = chosen[row / group];
                i64 batchRow = s.firstRow + token;
                int queryHead = kvHead * group + row % group;
                const float* query = queries + batchRow * queryStride + queryHead * dim;
                value = rotated(query, 0, 0, i % dim, queryPosition(s, head, token, rotary), rotary) * scale;
                if (kind == EVICTION_ERROR) {
                    cross = projected[(batchRow * queryHeads + queryHead) * dim + i % dim];
                }
            }
            queryRows[i] = value;
            crossRows[i] = cross;
        }
        __syncthreads();
        for (int r = warp; r < ROWS && tile + r < count * group; r += WARPS) {
            int row = tile + r, token = chosen[row / group], queryHead = kvHead * group + row % group;
            if (begin + lane > before + token - distance || begin + lane >= end) {
                continue;
            }
            float logit = 0;
            for (int d = 0; d < dim; d++) {
                logit = fmaf(queryRows[r * dim + d], keys[lane * (dim + 1) + d], logit);
            }
            i64 at = (i64)(s.firstRow + token) * queryHeads + queryHead;
            if (kind == LOG_PROBABILITY) {
                logit -= logSums[at];
            } else if (kind == EVICTION_ERROR) {
                float cross = 0;
                for (int d = 0; d < dim; d++) {
                    cross = fmaf(crossRows[r * dim + d], values[lane * (dim + 1) + d], cross);
                }
                float share = expf(logit - logSums[at]), odds = share / fmaxf(1 - share, OTHERS);
                float change = squares[(i64)queryHead * capacity + begin + lane] - 2 * cross + norms[at];
                logit = fmaxf(FLOOR, 0.5f * logf(odds * odds * fmaxf(0, change)));
            }
            peak = fmaxf(peak, logit);
        }
    }
    best[warp][lane] = peak;
    __syncthreads();
    // Also entries that are not there yet: nothing has seen them.
    if (warp == 0 && begin + lane < entries) {
        float* at = peaks + (i64)(begin + lane) * peakStride + kvHead;
        float largest = fmaxf(fmaxf(best[0][lane], best[1][lane]), fmaxf(best[2][lane], best[3][lane]));
        *at = first ? largest : fmaxf(*at, largest);
    }
}
