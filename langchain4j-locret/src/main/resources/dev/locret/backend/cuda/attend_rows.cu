// Attention in f32, for any head dimension up to 128: prefill of models whose head dimension has no tensor-core kernel,
// and decoding where `attend_step` cannot. A block takes up to 16 query rows (tokens × query heads of a group) of one KV head and walks over
// entries 32 at a time, with a running maximum and sum. A decode step splits the cache among blocks; `combine_parts`
// puts their results together.
#include "attention.cuh"

#define ROWS 16
#define KEYS 32
#define WARPS 4
#define EACH (ROWS / WARPS) // rows of a warp
#define DIMS 4              // dimensions of a lane: lane, lane + 32, …

// What a row has seen of the cache.
struct Running {
    float most, sum, out[DIMS];
};

KERNEL(attend_rows, WARPS * 32, const Task* tasks, const Segment* segments, const Head* heads, const float* queries,
       int queryStride, int kvHeads, int group, int dim, float scale, const float* cosines, const float* sines, int half,
       int original, float* out, int outStride, float* logSums, int logStride, float* partial, int partialRows) {
    DYNAMIC_SHARED(float, shared);
    float* queryRows = shared;                // [ROWS][dim]
    float* keys = queryRows + ROWS * dim;     // [KEYS][dim + 1]
    float* values = keys + KEYS * (dim + 1);  // [KEYS][dim]
    float* weights = values + KEYS * dim;     // [ROWS][KEYS]
    Task task = tasks[blockIdx.x];
    Segment s = segments[task.segment];
    int kvHead = blockIdx.y, tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
    Head head = heads[task.segment * kvHeads + kvHead];
    Rotary rotary = {cosines, sines, half, original};
    int before = head.length - s.rows;
    if (task.slot >= 0 && task.firstEntry >= head.length) { // a part that there would be were the head fuller
        if (tid < task.rows) {
            partial[((i64)kvHead * partialRows + task.slot + tid) * (dim + 2) + dim] = -INFINITE;
        }
        return;
    }

    for (int i = tid; i < ROWS * dim; i += WARPS * 32) {
        int row = task.firstRow + i / dim;
        float value = 0;
        if (i / dim < task.rows) {
            int token = row / group;
            const float* query = queries + (i64)(s.firstRow + token) * queryStride + (kvHead * group + row % group) * dim;
            value = rotated(query, 0, 0, i % dim, queryPosition(s, head, token, rotary), rotary) * scale;
        }
        queryRows[i] = value;
    }
    Running running[EACH];
#pragma unroll
    for (int r = 0; r < EACH; r++) {
        running[r] = Running{-INFINITE, 0, {0, 0, 0, 0}};
    }
    // No row of this block sees beyond its last token.
    int visible = before + (task.firstRow + task.rows - 1) / group + 1;
    int end = min(min(task.lastEntry, head.length), visible);
    for (int begin = task.firstEntry; begin < end; begin += KEYS) {
        __syncthreads();
        for (int i = tid; i < KEYS * dim; i += WARPS * 32) {
            int entry = begin + i / dim, d = i % dim;
            bool inside = entry < end;
            i64 at = (i64)(head.first + entry) * dim;
            keys[i / dim * (dim + 1) + d] =
                inside ? rotated(s.keys, at, s.type, d, keyPosition(s, head, entry, rotary), rotary) : 0;
            values[i] = inside ? element(s.values, at + d, s.type) : 0;
        }
        __syncthreads();
#pragma unroll
        for (int r = 0; r < EACH; r++) {
            int row = warp * EACH + r;
            float logit = 0;
            for (int d = 0; d < dim; d++) {
                logit = fmaf(queryRows[row * dim + d], keys[lane * (dim + 1) + d], logit);
            }
            bool seen = begin + lane < end && begin + lane <= before + (task.firstRow + row) / group;
            float most = fmaxf(running[r].most, warpMax(seen ? logit : -INFINITE));
            // Nothing of these entries is seen by the row: exp(-inf - -inf) would be NaN.
            float old = most == -INFINITE ? 0 : expf(running[r].most - most);
            float weight = seen ? expf(logit - most) : 0;
            running[r].sum = running[r].sum * old + warpSum(weight);
            running[r].most = most;
#pragma unroll
            for (int i = 0; i < DIMS; i++) {
                running[r].out[i] *= old;
            }
            weights[row * KEYS + lane] = weight;
        }
        __syncwarp();
        for (int key = 0; key < KEYS; key++) {
#pragma unroll
            for (int i = 0; i < DIMS; i++) {
                int d = lane + 32 * i;
                if (d < dim) {
                    float value = values[key * dim + d];
#pragma unroll
                    for (int r = 0; r < EACH; r++) {
                        running[r].out[i] = fmaf(weights[(warp * EACH + r) * KEYS + key], value, running[r].out[i]);
                    }
                }
            }
        }
    }
#pragma unroll
    for (int r = 0; r < EACH; r++) {
        int row = warp * EACH + r;
        if (row >= task.rows) {
            continue;
        }
        if (task.slot >= 0) {
            float* at = partial + ((i64)kvHead * partialRows + task.slot + row) * (dim + 2);
            for (int i = 0; i < DIMS && lane + 32 * i < dim; i++) {
                at[lane + 32 * i] = running[r].out[i];
            }
            if (lane == 0) {
                at[dim] = running[r].most;
                at[dim + 1] = running[r].sum;
            }
            continue;
        }
        int flat = task.firstRow + row, query = kvHead * group + flat % group;
        i64 batchRow = s.firstRow + flat / group;
        for (int i = 0; i < DIMS && lane + 32 * i < dim; i++) {
            out[batchRow * outStride + query * dim + lane + 32 * i] = running[r].out[i] / running[r].sum;
        }
        if (lane == 0 && logSums) {
            logSums[batchRow * logStride + query] = running[r].most + logf(running[r].sum);
        }
    }
}

// Partial results of one row: parts lie `partStride` rows apart.
struct Parts {
    int firstSlot;
    int parts;
    int partStride;
    int batchRow;
    int inGroup; // query head of the group
};

// A block of one warp takes a row of a KV head.
KERNEL(combine_parts, 32, const Parts* rows, const float* partial, int partialRows, int group, int dim, float* out,
       int outStride, float* logSums, int logStride) {
    Parts p = rows[blockIdx.x];
    int kvHead = blockIdx.y, lane = threadIdx.x;
    const float* base = partial + ((i64)kvHead * partialRows + p.firstSlot) * (dim + 2);
    i64 stride = (i64)p.partStride * (dim + 2);
    float most = -INFINITE;
    for (int part = 0; part < p.parts; part++) {
        most = fmaxf(most, base[part * stride + dim]);
    }
    float sum = 0, value[DIMS] = {};
    for (int part = 0; part < p.parts; part++) {
        const float* at = base + part * stride;
        if (at[dim] == -INFINITE) { // nothing of this part is seen, and nothing else may have been written
            continue;
        }
        float factor = expf(at[dim] - most);
        sum = fmaf(at[dim + 1], factor, sum);
        for (int i = 0; i < DIMS && lane + 32 * i < dim; i++) {
            value[i] = fmaf(at[lane + 32 * i], factor, value[i]);
        }
    }
    int query = kvHead * group + p.inGroup;
    for (int i = 0; i < DIMS && lane + 32 * i < dim; i++) {
        out[(i64)p.batchRow * outStride + query * dim + lane + 32 * i] = value[i] / sum;
    }
    if (lane == 0 && logSums) {
        logSums[(i64)p.batchRow * logStride + query] = most + logf(sum);
    }
}
