// Emulated cuBLAS: cublasGemmEx with matrices of f32, f16 or bf16 and f32 sums, in order of the stream. Matrices are
// column-major, as in cuBLAS.
#include "emulation.h"
#include <algorithm>
#include <cstdio>
#include <functional>
#include <immintrin.h>

#define API extern "C" __attribute__((visibility("default")))
extern "C" int emu_enqueue(void* stream, std::function<int()>* work);
extern "C" int emu_injected();

enum Status { OK = 0, INVALID_VALUE = 7, EXECUTION_FAILED = 13, INTERNAL_ERROR = 14, NOT_SUPPORTED = 15 };
enum DataType { F32 = 0, F16 = 2, BF16 = 14 };
enum { COMPUTE_32F = 68 };

struct Handle {
    void* stream;
};

/** One operand; element (row, column) of what is multiplied, after transposition. */
struct Operand {
    const void* data;
    int type, stride;
    bool transposed;

    float get(int row, int column) const {
        size_t i = transposed ? (size_t)row * stride + column : (size_t)column * stride + row;
        if (type == F32) {
            return ((const float*)data)[i];
        }
        uint16_t half = ((const uint16_t*)data)[i];
        if (type == F16) {
            return _cvtsh_ss(half);
        }
        uint32_t bits = (uint32_t)half << 16;
        float value;
        memcpy(&value, &bits, 4);
        return value;
    }
};

#ifdef __AVX512F__
constexpr int LANES = 16;
#else
constexpr int LANES = 8;
#endif
typedef float Vector __attribute__((vector_size(4 * LANES)));
constexpr int ROWS = 2 * LANES, COLUMNS = 6;

// out[COLUMNS][ROWS] = a (packed [k][ROWS]) times b (packed [k][COLUMNS])
static void multiplyTile(int k, const float* a, const float* b, float* out) {
    Vector low[COLUMNS] = {}, high[COLUMNS] = {};
    for (int i = 0; i < k; i++) {
        Vector a0, a1;
        memcpy(&a0, a + i * ROWS, sizeof a0);
        memcpy(&a1, a + i * ROWS + LANES, sizeof a1);
#pragma GCC unroll 6
        for (int j = 0; j < COLUMNS; j++) {
            float factor = b[i * COLUMNS + j];
            low[j] += a0 * factor;
            high[j] += a1 * factor;
        }
    }
    for (int j = 0; j < COLUMNS; j++) {
        memcpy(out + j * ROWS, &low[j], sizeof low[j]);
        memcpy(out + j * ROWS + LANES, &high[j], sizeof high[j]);
    }
}

static void multiply(int m, int n, int k, float alpha, Operand a, Operand b, float beta, float* c, int stride) {
    std::vector<float> packedA((size_t)ROWS * k), packedB((size_t)COLUMNS * k);
    float tile[ROWS * COLUMNS];
    for (int row = 0; row < m; row += ROWS) {
        for (int i = 0; i < k; i++) {
            for (int r = 0; r < ROWS; r++) {
                packedA[(size_t)i * ROWS + r] = row + r < m ? a.get(row + r, i) : 0;
            }
        }
        for (int column = 0; column < n; column += COLUMNS) {
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < COLUMNS; j++) {
                    packedB[(size_t)i * COLUMNS + j] = column + j < n ? b.get(i, column + j) : 0;
                }
            }
            multiplyTile(k, packedA.data(), packedB.data(), tile);
            for (int j = 0; j < COLUMNS && column + j < n; j++) {
                for (int r = 0; r < ROWS && row + r < m; r++) {
                    float& out = c[(size_t)(column + j) * stride + row + r];
                    out = alpha * tile[j * ROWS + r] + (beta == 0 ? 0 : beta * out);
                }
            }
        }
    }
}

// Kernels find such errors themselves; here nobody looks at single accesses.
static bool outside(const void* data, int rows, int columns, int stride, int elementBytes) {
    emu::Span span;
    uintptr_t begin = (uintptr_t)data;
    size_t elements = rows && columns ? (size_t)(columns - 1) * stride + rows : 0;
    return elements && !(emu::findAllocation(begin, &span) && begin + elements * elementBytes <= span.end);
}

API int cublasCreate_v2(Handle** handle) {
    if (emu_injected()) {
        return INTERNAL_ERROR;
    }
    *handle = new Handle();
    return OK;
}

API int cublasDestroy_v2(Handle* handle) {
    delete handle;
    return OK;
}

API int cublasSetStream_v2(Handle* handle, void* stream) {
    handle->stream = stream;
    return emu_injected() ? INTERNAL_ERROR : OK;
}

API int cublasSetWorkspace_v2(Handle*, void*, size_t) {
    return emu_injected() ? INTERNAL_ERROR : OK;
}

API int cublasGetVersion_v2(Handle*, int* version) {
    *version = 120604;
    return OK;
}

API int cublasGemmEx(Handle* handle, int transA, int transB, int m, int n, int k, const void* alpha, const void* a,
                     int aType, int aStride, const void* b, int bType, int bStride, const void* beta, void* c,
                     int cType, int cStride, int compute, int) {
    if (emu_injected()) {
        return EXECUTION_FAILED;
    }
    if ((aType != F32 && aType != F16 && aType != BF16) || aType != bType || cType != F32 || compute != COMPUTE_32F) {
        return NOT_SUPPORTED;
    }
    int aRows = transA ? k : m, aColumns = transA ? m : k, bRows = transB ? n : k, bColumns = transB ? k : n;
    if (m < 0 || n < 0 || k < 0 || aStride < std::max(1, aRows) || bStride < std::max(1, bRows) ||
        cStride < std::max(1, m)) {
        return INVALID_VALUE;
    }
    int bytes = aType == F32 ? 4 : 2;
    if (outside(a, aRows, aColumns, aStride, bytes) || outside(b, bRows, bColumns, bStride, bytes) ||
        outside(c, m, n, cStride, 4)) {
        fprintf(stderr, "emu: GEMM %dx%dx%d: a matrix passes the end of its allocation\n", m, n, k);
        return EXECUTION_FAILED;
    }
    float alphaValue = *(const float*)alpha, betaValue = *(const float*)beta; // read at the call, as cuBLAS does
    Operand left{a, aType, aStride, transA != 0}, right{b, bType, bStride, transB != 0};
    std::function<int()> work = [=] {
        multiply(m, n, k, alphaValue, left, right, betaValue, (float*)c, cStride);
        return 0;
    };
    return emu_enqueue(handle->stream, &work) ? INTERNAL_ERROR : OK;
}
