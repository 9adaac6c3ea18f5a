// Chooses a token from one row of logits, in one block: penalties, then top-k, top-p and min-p at temperature 1, then
// temperature. Each step removes tokens by writing minus infinity to the working copy. Masses are summed as integers, in
// units of 2⁻⁴⁰ of the most likely token, so that the result does not depend on the order in which threads come.
#include "common.cuh"

#define THREADS 512

struct Spec {
    float temperature;
    float topP;
    float minP;
    float repetitionPenalty;
    float presencePenalty;
    float frequencyPenalty;
    int topK;     // 0 for all
    int seen;     // number of seen tokens
    int words;    // of `allowed`, -1 if all tokens are
    int unused;
    double draw;  // in [0, 1)
};

// What the threads of the block share.
struct Shared {
    u64 bins[256];
    u64 sums[32];
    int ints[32];
    u64 left;
    u32 order;
    int token;
};

// The logit of an order.
static __device__ __forceinline__ float logitOf(u32 order) {
    return __uint_as_float(order & 0x80000000u ? order & 0x7fffffffu : ~order);
}

static __device__ __forceinline__ u64 massOf(float logit, float most, float temperature) {
    return (u64)(expf((logit - most) / temperature) * 1099511627776.0f);
}

static __device__ __forceinline__ bool isAllowed(const u64* allowed, int words, int token) {
    return words < 0 || (token >> 6 < words && (allowed[token >> 6] >> (token & 63) & 1) != 0);
}

// Inclusive prefix sum over the block.
template <class T>
static __device__ __forceinline__ T blockPrefix(T value, T* scratch) {
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    for (int offset = 1; offset < 32; offset <<= 1) {
        T other = __shfl_up_sync(FULL, value, offset);
        value += lane >= offset ? other : 0;
    }
    __syncthreads();
    if (lane == 31) {
        scratch[warp] = value;
    }
    __syncthreads();
    for (int w = 0; w < warp; w++) {
        value += scratch[w];
    }
    return value;
}

// Sum over the block; every thread gets it.
template <class T>
static __device__ __forceinline__ T blockTotal(T value, T* scratch) {
    blockPrefix(value, scratch);
    T total = 0;
    for (int w = 0; w < THREADS / 32; w++) {
        total += scratch[w];
    }
    __syncthreads();
    return total;
}

// The first token with the largest logit among those that are left, -1 if none is above minus infinity.
static __device__ __forceinline__ int findBest(const float* work, int n, Shared& shared) {
    u64 best = 0; // order, then the complement of the id
    for (int i = threadIdx.x; i < n; i += THREADS) {
        if (work[i] > -INFINITE) {
            u64 rank = (u64)orderOf(work[i]) << 32 | (u32)~i;
            best = rank > best ? rank : best;
        }
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        u64 other = __shfl_xor_sync(FULL, best, offset);
        best = other > best ? other : best;
    }
    __syncthreads();
    if ((threadIdx.x & 31) == 0) {
        shared.sums[threadIdx.x >> 5] = best;
    }
    __syncthreads();
    for (int w = 0; w < THREADS / 32; w++) {
        best = shared.sums[w] > best ? shared.sums[w] : best;
    }
    __syncthreads();
    return best == 0 ? -1 : (int)~(u32)best;
}

// Keeps the likeliest tokens until their number (or mass, BY_MASS) reaches `wanted`; among equal ones lower ids go first.
template <bool BY_MASS>
static __device__ __forceinline__ void keepTop(float* work, int n, float most, u64 wanted, Shared& shared) {
    u32 threshold = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        __syncthreads();
        if (threadIdx.x < 256) {
            shared.bins[threadIdx.x] = 0;
        }
        __syncthreads();
        for (int i = threadIdx.x; i < n; i += THREADS) {
            u32 order = orderOf(work[i]);
            if (work[i] > -INFINITE && (shift == 24 || order >> (shift + 8) == threshold >> (shift + 8))) {
                atomicAdd(&shared.bins[order >> shift & 255], BY_MASS ? massOf(work[i], most, 1) : 1ull);
            }
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            int bin = 255;
            u64 above = 0;
            while (bin > 0 && above + shared.bins[bin] < wanted) {
                above += shared.bins[bin--];
            }
            shared.order = threshold | (u32)bin << shift;
            shared.left = wanted - above;
        }
        __syncthreads();
        threshold = shared.order;
        wanted = shared.left;
    }
    u64 each = BY_MASS ? massOf(logitOf(threshold), most, 1) : 1;
    u64 ties = each == 0 ? 0 : (wanted + each - 1) / each;
    u64 passed = 0;
    for (int begin = 0; begin < n; begin += THREADS) {
        int i = begin + threadIdx.x;
        u32 order = i < n ? orderOf(work[i]) : 0;
        int equal = i < n && order == threshold;
        int upTo = blockPrefix(equal, shared.ints);
        if (i < n && (order < threshold || (equal && passed + upTo > ties))) {
            work[i] = -INFINITE;
        }
        for (int w = 0; w < THREADS / 32; w++) {
            passed += shared.ints[w];
        }
        __syncthreads();
    }
}

// Draws in order of the ids; the token is left in shared memory, which holds the most likely one before.
static __device__ __forceinline__ void draw(const float* work, int n, float most, const Spec& spec, Shared& shared) {
    u64 mine = 0;
    for (int i = threadIdx.x; i < n; i += THREADS) {
        mine += work[i] > -INFINITE ? massOf(work[i], most, spec.temperature) : 0;
    }
    u64 target = (u64)(spec.draw * (double)blockTotal(mine, shared.sums)), passed = 0;
    for (int begin = 0; begin < n; begin += THREADS) {
        int i = begin + threadIdx.x;
        u64 mass = i < n && work[i] > -INFINITE ? massOf(work[i], most, spec.temperature) : 0;
        u64 upTo = passed + blockPrefix(mass, shared.sums);
        if (upTo > target && upTo - mass <= target) {
            shared.token = i;
        }
        u64 all = passed;
        for (int w = 0; w < THREADS / 32; w++) {
            all += shared.sums[w];
        }
        __syncthreads();
        passed = all;
        if (passed > target) {
            break;
        }
    }
}

// `token` gets -1 for a row that holds NaN or plus infinity, wherever it is, or to which penalties brought it.
KERNEL(sample, THREADS, const float* row, int n, const Spec* specs, const u64* allowed, const int* seenTokens,
       const int* seenCounts, float* work, int* token) {
    __shared__ Shared shared;
    Spec spec = *specs;
    int unsound = 0;
    for (int i = threadIdx.x; i < n; i += THREADS) {
        float logit = row[i];
        unsound |= !(logit < INFINITE);
        work[i] = isAllowed(allowed, spec.words, i) ? logit : -INFINITE;
    }
    unsound = blockTotal(unsound, shared.ints);
    for (int i = threadIdx.x; i < spec.seen; i += THREADS) {
        float* logit = work + seenTokens[i];
        float penalised = *logit > 0 ? *logit / spec.repetitionPenalty : *logit * spec.repetitionPenalty;
        *logit = penalised - spec.presencePenalty - spec.frequencyPenalty * seenCounts[i];
    }
    __syncthreads();
    int best = findBest(work, n, shared);
    if (best < 0 && !unsound) { // all that is allowed has no probability: the first allowed token
        if (threadIdx.x == 0) {
            best = 0;
            while (best < n && !isAllowed(allowed, spec.words, best)) {
                best++;
            }
            *token = best < n ? best : -1;
        }
        return;
    }
    if (unsound || !(work[best] < INFINITE) || spec.temperature == 0) {
        if (threadIdx.x == 0) {
            *token = unsound || !(work[best] < INFINITE) ? -1 : best;
        }
        return;
    }
    float most = work[best];
    __syncthreads();
    if (spec.minP > 0) {
        float floor = most + logf(spec.minP);
        for (int i = threadIdx.x; i < n; i += THREADS) {
            work[i] = work[i] >= floor ? work[i] : -INFINITE;
        }
        __syncthreads();
    }
    if (spec.topK > 0 && spec.topK < n) {
        int mine = 0;
        for (int i = threadIdx.x; i < n; i += THREADS) {
            mine += work[i] > -INFINITE;
        }
        int candidates = blockTotal(mine, shared.ints);
        keepTop<false>(work, n, most, min(candidates, spec.topK), shared);
    }
    if (spec.topP < 1) {
        u64 mine = 0;
        for (int i = threadIdx.x; i < n; i += THREADS) {
            mine += work[i] > -INFINITE ? massOf(work[i], most, 1) : 0;
        }
        u64 total = blockTotal(mine, shared.sums), wanted = (u64)(spec.topP * (double)total);
        keepTop<true>(work, n, most, wanted < 1 ? 1 : wanted, shared);
    }
    if (threadIdx.x == 0) {
        shared.token = best;
    }
    __syncthreads();
    draw(work, n, most, spec, shared);
    __syncthreads();
    if (threadIdx.x == 0) {
        *token = shared.token;
    }
}
