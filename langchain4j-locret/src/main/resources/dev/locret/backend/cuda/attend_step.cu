// Attention of a decode step over a cache of f32, f16 or q8_0, for head dimensions and rotary pairs in multiples of eight:
// one pass, 16 bytes of f16 a lane. A few lanes hold one entry, eight dimensions each; such readers walk over a part of the cache side
// by side, each with a running maximum and sum of its own for all query rows, and are put together at the end.
// `combine_parts` then does that for the parts.
#include "attention.cuh"

#define WARPS 4
#define PIECE 8

// Elements [at, at + 8) of f32 or f16; if BYTES, of q8_0.
template <bool BYTES>
static __device__ __forceinline__ void load(const void* rows, i64 at, int type, float* to) {
    if (BYTES) { // blocks lie on even bytes
        const u16* block = reinterpret_cast<const u16*>(static_cast<const u8*>(rows) + (at >> 5) * 34);
        const u16* pairs = block + 1 + (at & 31) / 2;
        float scale = fromHalf(block[0]);
#pragma unroll
        for (int i = 0; i < PIECE; i++) {
            to[i] = scale * (float)static_cast<signed char>(pairs[i / 2] >> 8 * (i & 1));
        }
    } else if (type == CACHE_F16) {
        uint4 halves = *reinterpret_cast<const uint4*>(static_cast<const u16*>(rows) + at);
        u32 words[4] = {halves.x, halves.y, halves.z, halves.w};
#pragma unroll
        for (int i = 0; i < PIECE; i++) {
            to[i] = fromHalf((u16)(words[i / 2] >> 16 * (i & 1)));
        }
    } else {
        const float4* from = reinterpret_cast<const float4*>(static_cast<const float*>(rows) + at);
        float4 a = from[0], b = from[1];
        float all[PIECE] = {a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w};
#pragma unroll
        for (int i = 0; i < PIECE; i++) {
            to[i] = all[i];
        }
    }
}

// Dimensions [d, d + 8) of a key after rotation for a position.
template <bool BYTES>
static __device__ __forceinline__ void loadRotated(const void* rows, i64 row, int type, int d, i64 position,
                                                   Rotary rotary, float* to) {
    load<BYTES>(rows, row + d, type, to);
    int half = rotary.half;
    if (d >= 2 * half) {
        return;
    }
    int pair = d < half ? d : d - half;
    float other[PIECE], cosines[PIECE], sines[PIECE];
    load<BYTES>(rows, row + (d < half ? d + half : pair), type, other);
    load<false>(rotary.cosines, position * half + pair, CACHE_F32, cosines);
    load<false>(rotary.sines, position * half + pair, CACHE_F32, sines);
    float sign = d < half ? -1 : 1;
#pragma unroll
    for (int i = 0; i < PIECE; i++) {
        to[i] = fmaf(to[i], cosines[i], sign * (other[i] * sines[i]));
    }
}

struct Shape {
    int queryStride, group, dim, partialRows;
    float scale;
};

// Leaves the partial results of up to ROWS query rows of a KV head; entries have LANES lanes.
template <int LANES, int ROWS, bool BYTES>
static __device__ __forceinline__ void attendStep(Task task, const Segment& s, Head head, const float* queries,
                                                  Rotary rotary, float* partial, Shape shape) {
    constexpr int READERS = WARPS * 32 / LANES;
    DYNAMIC_SHARED(float, shared); // queries [ROWS][dim], then of each reader [ROWS][dim] sums, its maximum and total
    int dim = shape.dim, group = shape.group, tid = threadIdx.x, d = tid % LANES * PIECE, reader = tid / LANES;
    bool active = d < dim;
    int before = head.length - s.rows;
    float* results = partial + ((i64)blockIdx.y * shape.partialRows + task.slot) * (dim + 2);
    if (task.firstEntry >= head.length) { // a part that there would be were the head fuller
        if (tid < task.rows) {
            results[tid * (dim + 2) + dim] = -INFINITE;
        }
        return;
    }
    for (int i = tid; i < ROWS * dim; i += WARPS * 32) {
        int row = task.firstRow + i / dim, token = row / group;
        float value = 0;
        if (i / dim < task.rows) {
            const float* query =
                queries + (i64)(s.firstRow + token) * shape.queryStride + ((int)blockIdx.y * group + row % group) * dim;
            value = rotated(query, 0, 0, i % dim, queryPosition(s, head, token, rotary), rotary) * shape.scale * LOG2E;
        }
        shared[i] = value;
    }
    __syncthreads();
    float query[ROWS][PIECE], sums[ROWS][PIECE] = {}, most[ROWS], total[ROWS] = {};
    int seen[ROWS]; // entries that a row sees
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
#pragma unroll
        for (int i = 0; i < PIECE; i++) {
            query[r][i] = active ? shared[r * dim + d + i] : 0;
        }
        most[r] = -INFINITE;
        seen[r] = before + (task.firstRow + r) / group + 1;
    }
    int end = min(min(task.lastEntry, head.length), before + (task.firstRow + task.rows - 1) / group + 1);
    for (int begin = task.firstEntry; begin < end; begin += READERS) {
        int entry = begin + reader;
        float key[PIECE] = {}, value[PIECE] = {};
        if (entry < end && active) {
            i64 at = (i64)(head.first + entry) * dim;
            loadRotated<BYTES>(s.keys, at, s.type, d, keyPosition(s, head, entry, rotary), rotary, key);
            load<BYTES>(s.values, at + d, s.type, value);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            float logit = 0;
#pragma unroll
            for (int i = 0; i < PIECE; i++) {
                logit = fmaf(query[r][i], key[i], logit);
            }
#pragma unroll
            for (int offset = LANES / 2; offset > 0; offset >>= 1) {
                logit += __shfl_xor_sync(FULL, logit, offset);
            }
            if (entry < min(end, seen[r])) {
                float now = fmaxf(most[r], logit), old = power2(most[r] - now), weight = power2(logit - now);
                most[r] = now;
                total[r] = fmaf(total[r], old, weight);
#pragma unroll
                for (int i = 0; i < PIECE; i++) {
                    sums[r][i] = fmaf(sums[r][i], old, weight * value[i]);
                }
            }
        }
    }
    __syncthreads();
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        float* mine = shared + (reader * ROWS + r) * (dim + 2);
#pragma unroll
        for (int i = 0; i < PIECE; i++) {
            if (active) {
                mine[d + i] = sums[r][i];
            }
        }
        if (d == 0) {
            mine[dim] = most[r];
            mine[dim + 1] = total[r];
        }
    }
    __syncthreads();
    for (int i = tid; i < task.rows * dim; i += WARPS * 32) {
        int row = i / dim, column = i % dim;
        const float* first = shared + row * (dim + 2);
        float all = -INFINITE, sum = 0, value = 0;
        for (int k = 0; k < READERS; k++) {
            all = fmaxf(all, first[k * ROWS * (dim + 2) + dim]);
        }
        for (int k = 0; k < READERS; k++) {
            const float* its = first + k * ROWS * (dim + 2);
            if (its[dim] > -INFINITE) { // infinity minus infinity would be NaN
                float factor = power2(its[dim] - all);
                sum = fmaf(its[dim + 1], factor, sum);
                value = fmaf(its[column], factor, value);
            }
        }
        float* to = results + row * (dim + 2);
        to[column] = value;
        if (column == 0) {
            to[dim] = all * LN2;
            to[dim + 1] = sum;
        }
    }
}

#define ATTEND_STEP(name, lanes, rows, bytes)                                                                          \
    KERNEL(name, WARPS * 32, const Task* tasks, const Segment* segments, const Head* heads, const float* queries,      \
           int queryStride, int kvHeads, int group, int dim, float scale, const float* cosines, const float* sines,    \
           int half, int original, float* partial, int partialRows) {                                                  \
        Task task = tasks[blockIdx.x];                                                                                 \
        attendStep<lanes, rows, bytes>(task, segments[task.segment], heads[task.segment * kvHeads + blockIdx.y],       \
                                       queries, Rotary{cosines, sines, half, original}, partial,                       \
                                       Shape{queryStride, group, dim, partialRows, scale});                            \
    }
ATTEND_STEP(attend_step_8_4, 8, 4, false)
ATTEND_STEP(attend_step_8_8, 8, 8, false)
ATTEND_STEP(attend_step_16_4, 16, 4, false)
ATTEND_STEP(attend_step_16_8, 16, 8, false)
ATTEND_STEP(attend_step_8_4_bytes, 8, 4, true)
ATTEND_STEP(attend_step_8_8_bytes, 8, 8, true)
ATTEND_STEP(attend_step_16_4_bytes, 16, 4, true)
ATTEND_STEP(attend_step_16_8_bytes, 16, 8, true)
