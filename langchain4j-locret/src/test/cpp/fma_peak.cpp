// The most float32 multiply-adds that one core does: twelve independent chains in registers.
//
//   g++ -O3 -march=native -ffast-math fma_peak.cpp -o fma_peak && ./fma_peak
//
// Prints GFLOP/s of one core, the best of ten rounds: the roofline that docs/performance.md refers to.
#include <algorithm>
#include <chrono>
#include <cstdio>

#if defined(__AVX512F__)
constexpr int LANES = 16;
#else
constexpr int LANES = 8;
#endif
typedef float vec __attribute__((vector_size(4 * LANES)));

int main() {
    constexpr long STEPS = 20'000'000;
    vec a = {}, b = {};
    for (int i = 0; i < LANES; i++) {
        a[i] = 0.999f;
        b[i] = 1e-3f;
    }
    vec s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b, s8 = b, s9 = b, s10 = b, s11 = b;
    double best = 0;
    for (int round = 0; round < 10; round++) {
        auto begin = std::chrono::steady_clock::now();
        for (long step = 0; step < STEPS; step++) {
            s0 = s0 * a + b, s1 = s1 * a + b, s2 = s2 * a + b, s3 = s3 * a + b;
            s4 = s4 * a + b, s5 = s5 * a + b, s6 = s6 * a + b, s7 = s7 * a + b;
            s8 = s8 * a + b, s9 = s9 * a + b, s10 = s10 * a + b, s11 = s11 * a + b;
            // Keeps the compiler from working out several steps at once.
            asm volatile("" : "+x"(s0), "+x"(s1), "+x"(s2), "+x"(s3), "+x"(s4), "+x"(s5));
            asm volatile("" : "+x"(s6), "+x"(s7), "+x"(s8), "+x"(s9), "+x"(s10), "+x"(s11));
        }
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        best = std::max(best, 2.0 * LANES * 12 * STEPS / seconds / 1e9);
    }
    vec sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    std::printf("%.1f GFLOP/s a core (sum %.3g)\n", best, sum[0]);
}
