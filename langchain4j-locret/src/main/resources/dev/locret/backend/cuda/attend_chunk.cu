// Attention of a chunk on tensor cores, for head dimensions of 64, 96 and 128, in the manner of FlashAttention-2: f16
// operands, f32 sums. `pack_entries` first appends a chunk and rotates a layer's keys once into scratch. A block takes 64 query rows (tokens
// × query heads of a group) of one KV head, 16 in each warp, and walks over entries 32 at a time while the next 32 are
// on their way.
#include "cache.cuh"
#include "tensor_core.cuh"

#define ROWS 64
#define KEYS 32
#define THREADS 128

// Keys after rotary embedding and values as f16: [kvHeads][capacity][dim] each. A block of 128 threads takes an entry; one
// of the segment's new tokens, whose key and value are still rows of the batch, it appends to the cache first, unless
// `newKeys` is null. What it packs is what the cache then holds, rounded to the cache's type.
KERNEL(pack_entries, THREADS, const Segment* segments, const Head* heads, int dim, const float* cosines,
       const float* sines, int half, int original, u16* keys, u16* values, int capacity, const float* newKeys,
       int keyStride, const float* newValues, int valueStride) {
    const Segment& s = segments[0];
    int kvHead = blockIdx.y, entry = blockIdx.x, d = threadIdx.x;
    Head head = heads[kvHead];
    if (entry >= head.length) {
        return;
    }
    int token = entry - (head.length - s.rows);
    if (newKeys && token >= 0) {
        int row = s.firstRow + token;
        appendRow(s, head, row, newKeys + (i64)row * keyStride + kvHead * dim,
                  newValues + (i64)row * valueStride + kvHead * dim, dim);
        __syncthreads();
    }
    if (d >= dim) {
        return;
    }
    Rotary rotary = {cosines, sines, half, original};
    i64 from = (i64)(head.first + entry) * dim, to = ((i64)kvHead * capacity + entry) * dim + d;
    keys[to] = toHalf(rotated(s.keys, from, s.type, d, keyPosition(s, head, entry, rotary), rotary));
    values[to] = toHalf(element(s.values, from + d, s.type));
}

struct Shape {
    int queryStride, group, capacity, outStride, logStride;
    float scale;
};

template <int DIM>
static __device__ __forceinline__ void attendChunk(Segment s, Head head, const float* queries, Rotary rotary,
                                                   const u16* keys, const u16* values, float* out, float* logSums,
                                                   Shape shape) {
    constexpr int STRIDE = DIM + 8; // halves of a row in shared memory: rows of an ldmatrix fall into different banks
    constexpr int STAGE = 2 * KEYS * STRIDE;
    DYNAMIC_SHARED(u16, shared); // two stages of keys and values; before that the queries
    int kvHead = blockIdx.y, tid = threadIdx.x, lane = tid & 31, warp = tid >> 5, firstRow = blockIdx.x * ROWS;
    int rows = s.rows * shape.group, before = head.length - s.rows;
    keys += (i64)kvHead * shape.capacity * DIM;
    values += (i64)kvHead * shape.capacity * DIM;

    for (int i = tid; i < ROWS * DIM; i += THREADS) {
        int row = firstRow + i / DIM, token = row / shape.group;
        float value = 0;
        if (row < rows) {
            const float* query = queries + (i64)(s.firstRow + token) * shape.queryStride +
                                 (kvHead * shape.group + row % shape.group) * DIM;
            value = rotated(query, 0, 0, i % DIM, queryPosition(s, head, token, rotary), rotary) * shape.scale * LOG2E;
        }
        shared[i / DIM * STRIDE + i % DIM] = toHalf(value);
    }
    __syncthreads();
    u32 query[DIM / 16][4];
#pragma unroll
    for (int k = 0; k < DIM / 16; k++) {
        loadMatrices<false>(query[k], shared + (warp * 16 + (lane & 15)) * STRIDE + k * 16 + (lane >> 4) * 8);
    }
    __syncthreads();

    int end = min(head.length, before + min(firstRow + ROWS - 1, rows - 1) / shape.group + 1);
    static_assert(KEYS * DIM / 8 % THREADS == 0, "every thread copies as much");
    auto load = [&](int begin, int stage) {
        u16* to = shared + stage * STAGE;
#pragma unroll
        for (int copy = 0; copy < KEYS * DIM / 8 / THREADS; copy++) {
            int i = copy * THREADS + tid, key = i / (DIM / 8), d = i % (DIM / 8) * 8;
            bool inside = begin + key < end;
            i64 at = inside ? (i64)(begin + key) * DIM + d : 0;
            copyAsync(to + key * STRIDE + d, keys + at, inside);
            copyAsync(to + (KEYS + key) * STRIDE + d, values + at, inside);
        }
        commitCopies();
    };
    // A thread holds two rows of each tile: row and row + 8.
    int row = firstRow + warp * 16 + (lane >> 2);
    int seen[2] = {before + row / shape.group + 1, before + (row + 8) / shape.group + 1};
    float sums[DIM / 8][4] = {}, most[2] = {-INFINITE, -INFINITE}, total[2] = {0, 0};
    load(0, 0);
    for (int begin = 0, stage = 0; begin < end; begin += KEYS, stage ^= 1) {
        load(begin + KEYS, stage ^ 1); // zeros behind the last entry, so that the wait always means "all but the newest"
        awaitCopies<1>();
        __syncthreads();
        const u16 *keyTile = shared + stage * STAGE, *valueTile = keyTile + KEYS * STRIDE;
        float logits[KEYS / 8][4] = {};
#pragma unroll
        for (int k = 0; k < DIM / 16; k++) {
#pragma unroll
            for (int n = 0; n < KEYS / 16; n++) {
                u32 b[4];
                loadMatrices<false>(b, keyTile + (n * 16 + (lane >> 4) * 8 + (lane & 7)) * STRIDE + k * 16 +
                                           (lane >> 3 & 1) * 8);
                multiplyHalves(logits[2 * n], query[k], b[0], b[1]);
                multiplyHalves(logits[2 * n + 1], query[k], b[2], b[3]);
            }
        }
        float now[2] = {most[0], most[1]};
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int entry = begin + n * 8 + (lane & 3) * 2 + (i & 1);
                if (entry >= min(end, seen[i >> 1])) {
                    logits[n][i] = -INFINITE;
                }
                now[i >> 1] = fmaxf(now[i >> 1], logits[n][i]);
            }
        }
        float old[2];
#pragma unroll
        for (int h = 0; h < 2; h++) {
            now[h] = fmaxf(now[h], __shfl_xor_sync(FULL, now[h], 1));
            now[h] = fmaxf(now[h], __shfl_xor_sync(FULL, now[h], 2));
            // Every row sees the first entry, so a maximum is finite, unless a logit is not.
            old[h] = power2(most[h] - now[h]);
            most[h] = now[h];
            total[h] *= old[h];
        }
        u32 weights[KEYS / 16][4];
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                logits[n][i] = power2(logits[n][i] - most[i >> 1]);
                total[i >> 1] += logits[n][i];
            }
            weights[n >> 1][(n & 1) * 2] = packHalves(logits[n][0], logits[n][1]);
            weights[n >> 1][(n & 1) * 2 + 1] = packHalves(logits[n][2], logits[n][3]);
        }
#pragma unroll
        for (int d = 0; d < DIM / 8; d++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                sums[d][i] *= old[i >> 1];
            }
        }
#pragma unroll
        for (int n = 0; n < KEYS / 16; n++) {
#pragma unroll
            for (int d = 0; d < DIM / 16; d++) {
                u32 b[4];
                loadMatrices<true>(b, valueTile + (n * 16 + (lane & 15)) * STRIDE + d * 16 + (lane >> 4) * 8);
                multiplyHalves(sums[2 * d], weights[n], b[0], b[1]);
                multiplyHalves(sums[2 * d + 1], weights[n], b[2], b[3]);
            }
        }
        __syncthreads();
    }
    awaitCopies<0>();
#pragma unroll
    for (int h = 0; h < 2; h++) {
        total[h] += __shfl_xor_sync(FULL, total[h], 1);
        total[h] += __shfl_xor_sync(FULL, total[h], 2);
        int flat = row + 8 * h;
        if (flat >= rows) {
            continue;
        }
        i64 batchRow = s.firstRow + flat / shape.group;
        int queryHead = kvHead * shape.group + flat % shape.group;
#pragma unroll
        for (int d = 0; d < DIM / 8; d++) {
            float* at = out + batchRow * shape.outStride + queryHead * DIM + d * 8 + (lane & 3) * 2;
            at[0] = sums[d][2 * h] / total[h];
            at[1] = sums[d][2 * h + 1] / total[h];
        }
        if ((lane & 3) == 0 && logSums) {
            logSums[batchRow * shape.logStride + queryHead] = (most[h] + log2f(total[h])) * LN2;
        }
    }
}

#define ATTEND_CHUNK(dim)                                                                                              \
    KERNEL(attend_chunk_##dim, THREADS, const Segment* segments, const Head* heads, const float* queries,              \
           int queryStride, int group, float scale, const float* cosines, const float* sines, int half, int original,  \
           const u16* keys, const u16* values, int capacity, float* out, int outStride, float* logSums,                \
           int logStride) {                                                                                            \
        attendChunk<dim>(segments[0], heads[blockIdx.y], queries, Rotary{cosines, sines, half, original}, keys,        \
                         values, out, logSums, Shape{queryStride, group, capacity, outStride, logStride, scale});      \
    }
ATTEND_CHUNK(64)
ATTEND_CHUNK(96)
ATTEND_CHUNK(128)
