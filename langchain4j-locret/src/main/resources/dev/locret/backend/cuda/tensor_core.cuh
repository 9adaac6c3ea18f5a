// The only inline PTX beside conversions: one device function for each tensor-core or copy instruction, with a host twin
// for the emulated driver. Who holds what of a fragment: PTX ISA, "Matrix Fragments for mma.m16n8k16".
#pragma once
#include "common.cuh"

// D[16,8] f32 += A[16,16] (row-major fragments) · B[16,8] (column-major fragments) of f16.
static __device__ __forceinline__ void multiplyHalves(float* d, const u32* a, u32 b0, u32 b1) {
#if defined(CUDA_EMU)
    struct Lane {
        u16 a[4][2], b[2][2];
        float d[4];
    } mine;
    memcpy(mine.a, a, 16);
    memcpy(mine.b[0], &b0, 4);
    memcpy(mine.b[1], &b1, 4);
    memcpy(mine.d, d, 16);
    auto slots = emu::collect(FULL, &mine, sizeof mine, [](emu::Slots slot) { // the last lane computes for the warp
        float A[16][16], B[16][8], D[16][8];
        for (int lane = 0; lane < 32; lane++) {
            Lane t;
            memcpy(&t, slot[lane], sizeof t);
            int g = lane >> 2, c = (lane & 3) * 2;
            for (int h = 0; h < 2; h++) {
                for (int i = 0; i < 4; i++) {
                    A[g + (i & 1) * 8][c + (i >> 1) * 8 + h] = fromHalf(t.a[i][h]);
                }
                for (int i = 0; i < 2; i++) {
                    B[c + i * 8 + h][g] = fromHalf(t.b[i][h]);
                    D[g + i * 8][c + h] = t.d[2 * i + h];
                }
            }
        }
        for (int r = 0; r < 16; r++) {
            for (int k = 0; k < 16; k++) {
                for (int n = 0; n < 8; n++) {
                    D[r][n] += A[r][k] * B[k][n];
                }
            }
        }
        for (int lane = 0; lane < 32; lane++) {
            int g = lane >> 2, c = (lane & 3) * 2;
            float r[4] = {D[g][c], D[g][c + 1], D[g + 8][c], D[g + 8][c + 1]};
            memcpy(slot[lane], r, 16);
        }
    });
    memcpy(d, slots[emu::fiber->lane], 16);
#elif __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else // sm_75: two steps of 8
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(b0));
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[2]), "r"(a[3]), "r"(b1));
#endif
}

// Four 8x8 matrices of 16-bit elements from shared memory: lane 8i+r names row r of matrix i. Register i gets row lane/4,
// columns 2·(lane%4) and the next of matrix i; of its transpose if TRANSPOSED.
template <bool TRANSPOSED>
static __device__ __forceinline__ void loadMatrices(u32* out, const void* row) {
#ifdef CUDA_EMU
    if ((uintptr_t)row & 15) {
        emu::stuck("ldmatrix: row is not 16-byte aligned");
    }
    // Read by the last lane for all: a lane that reads later might see newer data.
    auto slots = emu::collect(FULL, &row, sizeof row, [](emu::Slots slot) {
        const u16* rows[32];
        for (int i = 0; i < 32; i++) {
            memcpy(&rows[i], slot[i], sizeof rows[i]);
        }
        for (int lane = 0; lane < 32; lane++) {
            for (int i = 0; i < 4; i++) {
                int r = lane / 4, c = 2 * (lane % 4);
                u16 pair[2];
                for (int h = 0; h < 2; h++) {
                    pair[h] = TRANSPOSED ? rows[8 * i + c + h][r] : rows[8 * i + r][c + h];
                }
                memcpy(slot[lane] + 4 * i, pair, 4);
            }
        }
    });
    memcpy(out, slots[emu::fiber->lane], 16);
#else
    u32 at = (u32)__cvta_generic_to_shared(row);
    if (TRANSPOSED) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(out[0]), "=r"(out[1]), "=r"(out[2]), "=r"(out[3])
                     : "r"(at)
                     : "memory");
    } else {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(out[0]), "=r"(out[1]), "=r"(out[2]), "=r"(out[3])
                     : "r"(at)
                     : "memory");
    }
#endif
}

// 16 bytes from global to shared memory without waiting; zeros unless `inside`.
static __device__ __forceinline__ void copyAsync(void* shared, const void* global, bool inside) {
#ifdef CUDA_EMU
    if (((uintptr_t)shared | (inside ? (uintptr_t)global : 0)) & 15) {
        emu::stuck("cp.async: not 16-byte aligned");
    }
    emu::copyAsync(shared, inside ? global : nullptr, 16);
#elif __CUDA_ARCH__ >= 800
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((u32)__cvta_generic_to_shared(shared)),
                 "l"(global), "r"(inside ? 16 : 0)
                 : "memory");
#else
    *static_cast<uint4*>(shared) = inside ? *static_cast<const uint4*>(global) : uint4{0, 0, 0, 0};
#endif
}

// Closes a group of copies.
static __device__ __forceinline__ void commitCopies() {
#ifdef CUDA_EMU
    emu::copyCommit();
#elif __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits for all groups but the OPEN newest.
template <int OPEN>
static __device__ __forceinline__ void awaitCopies() {
#ifdef CUDA_EMU
    emu::copyWait(OPEN);
#elif __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" ::"n"(OPEN) : "memory");
#endif
}
