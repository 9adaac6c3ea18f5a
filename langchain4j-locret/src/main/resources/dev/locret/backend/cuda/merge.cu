// Merging the values that an eviction drops into the nearest ones that stay, as EntryMerging.java does: before entries
// move, after it is known which stay. The order of operations is the same, so that results are.
#include "cache.cuh"

#define TILE 64 // entries that stay and are compared at once
#define ROWS 16 // dropped entries of a block
#define HALF_ROWS 8

// The dropped entry of that number, given those that stay.
static __device__ __forceinline__ int droppedEntry(const int* kept, int count, int number) {
    int low = 0;
    while (low < count) { // the first place that so many dropped ones are not before
        int middle = (low + count) / 2;
        if (kept[middle] - middle <= number) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return number + low;
}

// One over the length of each key, [kvHeads][capacity].
KERNEL(merge_norms, 256, const Head* heads, const void* keys, int type, int dim, int capacity, float* inverseNorms) {
    int entry = blockIdx.x * 256 + threadIdx.x;
    Head head = heads[blockIdx.y];
    if (entry >= head.length) {
        return;
    }
    i64 key = (i64)(head.first + entry) * dim;
    float square = 0;
    for (int d = 0; d < dim; d++) {
        float value = keyElement(keys, key + d, type);
        square = fmaf(value, value, square);
    }
    inverseNorms[(i64)blockIdx.y * capacity + entry] = square == 0 ? 0 : (float)(1 / sqrt((double)square));
}

// For each dropped entry the one that stays and has the largest cosine, the earliest of several, and that cosine. Threads
// take an entry that stays and half of the rows of dropped ones.
KERNEL(merge_nearest, 128, const Head* heads, const void* keys, int type, int dim, const int* kept, const int* counts,
       int capacity, const float* inverseNorms, int* nearest, float* cosines) {
    __shared__ float best[ROWS][TILE];
    __shared__ int bestAt[ROWS][TILE];
    DYNAMIC_SHARED(float, rows); // [ROWS][dim], then [TILE][dim + 1]
    float* tile = rows + ROWS * dim;
    int kvHead = blockIdx.y, count = counts[kvHead];
    Head head = heads[kvHead];
    int dropped = head.length - count, number = blockIdx.x * ROWS;
    if (count == 0 || number >= dropped) {
        return;
    }
    kept += (i64)kvHead * capacity;
    inverseNorms += (i64)kvHead * capacity;
    for (int i = threadIdx.x; i < ROWS * dim; i += 128) {
        float value = 0;
        if (number + i / dim < dropped) {
            int entry = droppedEntry(kept, count, number + i / dim);
            value = keyElement(keys, (i64)(head.first + entry) * dim + i % dim, type) * inverseNorms[entry];
        }
        rows[i] = value;
    }
    int lane = threadIdx.x % TILE, firstRow = threadIdx.x / TILE * HALF_ROWS;
    float most[HALF_ROWS];
    int at[HALF_ROWS];
#pragma unroll
    for (int r = 0; r < HALF_ROWS; r++) {
        most[r] = -INFINITE;
        at[r] = kept[0];
    }
    for (int begin = 0; begin < count; begin += TILE) {
        __syncthreads();
        for (int i = threadIdx.x; i < TILE * dim; i += 128) {
            int place = begin + i / dim;
            tile[i / dim * (dim + 1) + i % dim] =
                place < count ? keyElement(keys, (i64)(head.first + kept[place]) * dim + i % dim, type) : 0;
        }
        __syncthreads();
        if (begin + lane < count) {
            float dot[HALF_ROWS] = {};
            for (int d = 0; d < dim; d++) {
                float value = tile[lane * (dim + 1) + d];
#pragma unroll
                for (int r = 0; r < HALF_ROWS; r++) {
                    dot[r] = fmaf(rows[(firstRow + r) * dim + d], value, dot[r]);
                }
            }
            int entry = kept[begin + lane];
            float inverse = inverseNorms[entry];
#pragma unroll
            for (int r = 0; r < HALF_ROWS; r++) {
                float cosine = dot[r] * inverse;
                if (cosine > most[r]) {
                    most[r] = cosine;
                    at[r] = entry;
                }
            }
        }
    }
#pragma unroll
    for (int r = 0; r < HALF_ROWS; r++) {
        best[firstRow + r][lane] = most[r];
        bestAt[firstRow + r][lane] = at[r];
    }
    __syncthreads();
    int row = threadIdx.x;
    if (row < ROWS && number + row < dropped) {
        float cosine = best[row][0];
        int entry = bestAt[row][0];
        for (int i = 1; i < TILE; i++) {
            if (best[row][i] > cosine || (best[row][i] == cosine && bestAt[row][i] < entry)) {
                cosine = best[row][i];
                entry = bestAt[row][i];
            }
        }
        nearest[(i64)kvHead * capacity + number + row] = entry;
        cosines[(i64)kvHead * capacity + number + row] = cosine;
    }
}

// The mean of a head's cosines, added in their order. A block takes a head.
KERNEL(merge_threshold, 256, const Head* heads, const int* counts, int capacity, const float* cosines,
       float* thresholds) {
    __shared__ float part[1024];
    int dropped = heads[blockIdx.x].length - counts[blockIdx.x];
    double total = 0;
    for (int begin = 0; begin < dropped; begin += 1024) {
        int size = min(1024, dropped - begin);
        for (int i = threadIdx.x; i < size; i += 256) {
            part[i] = cosines[(i64)blockIdx.x * capacity + begin + i];
        }
        __syncthreads();
        for (int i = 0; i < size && threadIdx.x == 0; i++) {
            total += part[i];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        thresholds[blockIdx.x] = (float)(total / dropped);
    }
}

// As ExpApproximation.java.
static __device__ __forceinline__ float approximateExp(float x) {
    float clamped = fminf(fmaxf(x, -88.03f), 88.37f);
    float n = fmaf(clamped, 1.44269504f, 12582912.0f) - 12582912.0f;
    float r = fmaf(n, 2.12194440e-4f, fmaf(n, -0.693359375f, clamped));
    float p = fmaf(1.3981999e-3f, r, 8.3334519e-3f);
    p = fmaf(p, r, 4.1665795e-2f);
    p = fmaf(p, r, 1.6666665e-1f);
    p = fmaf(p, r, 0.5f);
    p = fmaf(p, r, 1.0f);
    p = fmaf(p, r, 1.0f);
    return p * __uint_as_float((u32)((int)n + 127) << 23);
}

// Puts the weighted mean of a value that stays and of those that go there in its place. A block takes an entry.
KERNEL(merge_values, 128, const Head* heads, void* values, int type, int dim, const int* kept, const int* counts,
       int capacity, const int* nearest, const float* cosines, const float* thresholds) {
    __shared__ float mean[128];
    __shared__ u32 found[4];
    int kvHead = blockIdx.y, count = counts[kvHead], place = blockIdx.x, d = threadIdx.x;
    Head head = heads[kvHead];
    int dropped = head.length - count;
    if (place >= count || dropped == 0) {
        return;
    }
    i64 at = (i64)kvHead * capacity;
    int entry = kept[at + place];
    const float own = 2.7182817f;
    float weights = own, sum = 0;
    bool any = false;
    for (int begin = 0; begin < dropped; begin += 128) {
        int number = begin + d;
        bool goes = number < dropped && nearest[at + number] == entry && cosines[at + number] >= thresholds[kvHead];
        u32 vote = __ballot_sync(FULL, goes);
        if ((d & 31) == 0) {
            found[d >> 5] = vote;
        }
        __syncthreads();
        for (int warp = 0; warp < 4; warp++) {
            for (u32 open = found[warp]; open != 0; open &= open - 1) {
                int other = begin + 32 * warp + __ffs(open) - 1;
                float weight = approximateExp(cosines[at + other]);
                if (d < dim) {
                    i64 from = head.first + droppedEntry(kept + at, count, other);
                    if (!any) {
                        sum = fmaf(own, element(values, (i64)(head.first + entry) * dim + d, type), 0.0f);
                    }
                    sum = fmaf(weight, element(values, from * dim + d, type), sum);
                }
                any = true;
                weights += weight;
            }
        }
        __syncthreads();
    }
    if (!any) {
        return;
    }
    if (d < dim) {
        mean[d] = sum / weights;
    }
    __syncthreads();
    store(mean, values, (i64)(head.first + entry) * dim, type, dim, false);
}
