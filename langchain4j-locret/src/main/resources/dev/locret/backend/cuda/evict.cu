// Which entries of a layer stay, and moving them. Scores never leave the device.
#include "cache.cuh"

#define THREADS 1024

// ‖W v‖² of each entry by a Gram matrix: [kvHeads][capacity]. A warp takes an entry; `grams` is one head's matrix.
KERNEL(value_norms, 256, const Head* heads, int kvHead, const void* values, int type, const float* gram,
       int gramStride, int dim, float* squares) {
    int lane = threadIdx.x & 31, entry = blockIdx.x * 8 + (threadIdx.x >> 5);
    Head head = heads[kvHead];
    if (entry >= head.length) {
        return;
    }
    i64 value = (i64)(head.first + entry) * dim;
    float square = 0;
    for (int row = 0; row < dim; row++) {
        float product = 0;
        for (int d = lane; d < dim; d += 32) {
            product = fmaf(gram[row * gramStride + d], element(values, value + d, type), product);
        }
        square = fmaf(element(values, value + row, type), product, square);
    }
    square = warpSum(square);
    if (lane == 0) {
        squares[entry] = fmaxf(0, square); // rounding can make the square of a vanishing value negative
    }
}

// Ranks order as scores do; NaN is the highest score, and what must stay is above all.
#define RANK_NAN 0xfffffffeu
#define RANK_FORCED 0xffffffffu

// Ranks of all entries, [kvHeads][capacity], and how many of each head must stay. `squares` is null without value norms.
KERNEL(rank_entries, 256, const Head* heads, const float* scores, const int* positions, int pinned, int recent,
       int pooling, int agesFrom, const float* squares, int logarithm, u32* ranks, int capacity, int* forcedCounts) {
    int entry = blockIdx.x * 256 + threadIdx.x, kvHead = blockIdx.y;
    Head head = heads[kvHead];
    if (entry >= head.length) {
        return;
    }
    i64 to = (i64)kvHead * capacity + entry;
    if (entry >= head.length - recent || positions[head.first + entry] < pinned) {
        ranks[to] = RANK_FORCED;
        atomicAdd(&forcedCounts[kvHead], 1);
        return;
    }
    float best = -INFINITE;
    int last = min(head.length - 1, entry + pooling / 2);
    for (int near = max(0, entry - pooling / 2); near <= last; near++) {
        float score = scores[head.first + near];
        if (agesFrom > 0) { // log sigmoid of what is stored, to the power of the entry's age
            float logSigmoid = fminf(score, 0) - log1pf(expf(-fabsf(score)));
            score = logSigmoid * (agesFrom - positions[head.first + near]);
        }
        best = score > best || score != score ? score : best;
    }
    if (squares) {
        float square = squares[to];
        best = logarithm ? best + 0.5f * logf(fmaxf(square, 1.17549435e-38f)) : best * sqrtf(square);
    }
    ranks[to] = best != best ? RANK_NAN : orderOf(best);
}

// ---- budgets shared by heads: a rank is found, eight bits at a time, from which on all heads together have enough

struct Share {
    u32 prefix;    // upper bits of the rank, as far as they are known
    int total;     // entries that stay in all heads
    int least;     // of each head, if it has them
    int most;
};

// Histogram of the next eight bits of ranks that begin with the known ones: [kvHeads][256]. A block takes a head.
KERNEL(share_histogram, THREADS, const Head* heads, const u32* ranks, int capacity, const Share* share, int shift,
       int* histograms) {
    __shared__ int bins[256];
    int kvHead = blockIdx.x;
    if (threadIdx.x < 256) {
        bins[threadIdx.x] = 0;
    }
    __syncthreads();
    u32 prefix = share->prefix;
    for (int entry = threadIdx.x; entry < heads[kvHead].length; entry += THREADS) {
        u32 rank = ranks[(i64)kvHead * capacity + entry];
        if (shift == 24 || rank >> (shift + 8) == prefix >> (shift + 8)) {
            atomicAdd(&bins[rank >> shift & 255], 1);
        }
    }
    __syncthreads();
    if (threadIdx.x < 256) {
        histograms[kvHead * 256 + threadIdx.x] = bins[threadIdx.x];
    }
}

static __device__ __forceinline__ int clamped(int count, int least, int most) {
    return max(least, min(most, count));
}

// Chooses the next eight bits: the highest with which the heads have enough. `above` counts each head's entries of higher
// rank than all that is still open. After the last bits `counts` says how many entries each head keeps. One block.
KERNEL(share_choose, 256, const Head* heads, int kvHeads, const int* histograms, Share* share, int shift,
       const int* forced, int* above, int* counts) {
    __shared__ int enough[256];
    int bin = threadIdx.x;
    i64 sum = 0;
    for (int head = 0; head < kvHeads; head++) {
        int count = above[head];
        for (int b = 255; b >= bin; b--) {
            count += histograms[head * 256 + b];
        }
        int most = min(share->most, heads[head].length);
        sum += clamped(count, min(most, max(share->least, forced[head])), most);
    }
    enough[bin] = sum >= share->total;
    __syncthreads();
    if (bin != 0) {
        return;
    }
    int chosen = 255;
    while (chosen > 0 && !enough[chosen]) {
        chosen--;
    }
    share->prefix |= (u32)chosen << shift;
    int missing = share->total;
    for (int head = 0; head < kvHeads; head++) {
        for (int b = 255; b > chosen; b--) {
            above[head] += histograms[head * 256 + b];
        }
        int most = min(share->most, heads[head].length);
        counts[head] = clamped(above[head], min(most, max(share->least, forced[head])), most);
        missing -= counts[head];
    }
    if (shift > 0) {
        return;
    }
    // Among equal ranks the first heads have precedence.
    for (int head = 0; head < kvHeads && missing > 0; head++) {
        int most = min(share->most, heads[head].length);
        int with = clamped(above[head] + histograms[head * 256 + chosen],
                           min(most, max(share->least, forced[head])), most);
        int more = min(missing, with - counts[head]);
        counts[head] += more;
        missing -= more;
    }
}

// ---- selection and moves

// Exclusive prefix sum over the block; `total` gets the sum. Every thread of whole warps takes part.
static __device__ __forceinline__ int blockScan(int value, int* scratch, int* total) {
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, inclusive = value;
    for (int offset = 1; offset < 32; offset <<= 1) {
        int other = __shfl_up_sync(FULL, inclusive, offset);
        inclusive += lane >= offset ? other : 0;
    }
    __syncthreads();
    if (lane == 31) {
        scratch[warp] = inclusive;
    }
    __syncthreads();
    int before = 0;
    *total = 0;
    for (int w = 0; w < THREADS / 32; w++) {
        before += w < warp ? scratch[w] : 0;
        *total += scratch[w];
    }
    return before + inclusive - value;
}

// The `counts[head]` entries of highest rank, ascending by place: [kvHeads][capacity]. Among equal ranks the later
// entries stay. A block takes a head.
KERNEL(select_entries, THREADS, const Head* heads, const u32* ranks, int capacity, const int* counts, int* kept) {
    __shared__ int bins[256];
    __shared__ int scratch[32];
    __shared__ u32 shared[2]; // the threshold; how many above it stay
    int kvHead = blockIdx.x, tid = threadIdx.x, length = heads[kvHead].length, keep = counts[kvHead];
    ranks += (i64)kvHead * capacity;
    kept += (i64)kvHead * capacity;
    u32 threshold = 0;
    int left = keep; // entries still to be found among those that begin as the threshold does
    for (int shift = 24; shift >= 0; shift -= 8) {
        __syncthreads();
        if (tid < 256) {
            bins[tid] = 0;
        }
        __syncthreads();
        for (int entry = tid; entry < length; entry += THREADS) {
            u32 rank = ranks[entry];
            if (shift == 24 || rank >> (shift + 8) == threshold >> (shift + 8)) {
                atomicAdd(&bins[rank >> shift & 255], 1);
            }
        }
        __syncthreads();
        if (tid == 0) {
            int bin = 255, above = 0;
            while (bin > 0 && above + bins[bin] < left) {
                above += bins[bin--];
            }
            shared[0] = threshold | (u32)bin << shift;
            shared[1] = left - above;
        }
        __syncthreads();
        threshold = shared[0];
        left = shared[1];
    }
    // The last `left` of those that equal the threshold stay: skip the first ones.
    int equal = 0;
    for (int entry = tid; entry < length; entry += THREADS) {
        equal += ranks[entry] == threshold;
    }
    int equals, written = 0, passed = 0;
    blockScan(equal, scratch, &equals);
    int skipped = equals - left;
    for (int begin = 0; begin < length; begin += THREADS) {
        int entry = begin + tid, equalHere, keptHere;
        u32 rank = entry < length ? ranks[entry] : 0;
        bool ties = entry < length && rank == threshold;
        int earlier = passed + blockScan(ties, scratch, &equalHere);
        bool stays = entry < length && (rank > threshold || (ties && earlier >= skipped));
        int to = written + blockScan(stays, scratch, &keptHere);
        if (stays) {
            kept[to] = entry;
        }
        passed += equalHere;
        written += keptHere;
    }
}

// Copies what stays of every head to scratch, one head behind the other: out[packed[head] + i] = in[first + kept[i]].
// `units` of 16 bits an entry, since rows of bytes need not fill words. A block takes 8 entries of a head.
KERNEL(gather_entries, 256, const Head* heads, const int* kept, int capacity, const int* counts, const u16* in,
       int units, u16* out) {
    int kvHead = blockIdx.y;
    i64 packed = 0;
    for (int head = 0; head < kvHead; head++) {
        packed += counts[head];
    }
    for (int i = threadIdx.x; i < 8 * units; i += 256) {
        int entry = blockIdx.x * 8 + i / units;
        if (entry < counts[kvHead]) {
            int from = heads[kvHead].first + kept[(i64)kvHead * capacity + entry];
            out[(packed + entry) * units + i % units] = in[(i64)from * units + i % units];
        }
    }
}

// The way back, to where heads begin from now on.
KERNEL(scatter_entries, 256, const Head* heads, const int* counts, const u16* in, int units, u16* out) {
    int kvHead = blockIdx.y;
    i64 packed = 0;
    for (int head = 0; head < kvHead; head++) {
        packed += counts[head];
    }
    for (int i = threadIdx.x; i < 8 * units; i += 256) {
        int entry = blockIdx.x * 8 + i / units;
        if (entry < counts[kvHead]) {
            out[(i64)(heads[kvHead].first + entry) * units + i % units] = in[(packed + entry) * units + i % units];
        }
    }
}
