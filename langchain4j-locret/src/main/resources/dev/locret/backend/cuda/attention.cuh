// What kernels that read attention in parts have in common; the layouts are those of CudaAttention.java.
#pragma once
#include "cache.cuh"

// A block's work.
struct Task {
    int segment;
    int firstRow;   // of the segment's tokens × group
    int rows;
    int firstEntry; // entries [firstEntry, lastEntry) are looked at
    int lastEntry;
    int slot;       // row of the partial results, -1 if this task sees all entries
};
