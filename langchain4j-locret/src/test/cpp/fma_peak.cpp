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
    constexpr int CHAINS = 12;
    constexpr long STEPS = 20'000'000;
    vec a = {}, b = {}, s[CHAINS] = {};
    for (int i = 0; i < LANES; i++) {
        a[i] = 0.999f;
        b[i] = 1e-3f;
    }
    double best = 0;
    for (int round = 0; round < 10; round++) {
        auto begin = std::chrono::steady_clock::now();
        for (long step = 0; step < STEPS; step++) {
            for (int c = 0; c < CHAINS; c++) {
                s[c] = s[c] * a + b;
                asm volatile("" : "+x"(s[c]));
            }
        }
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        best = std::max(best, 2.0 * LANES * CHAINS * STEPS / seconds / 1e9);
    }
    float sum = 0;
    for (auto &chain : s) {
        sum += chain[0];
    }
    std::printf("%.1f GFLOP/s a core (sum %.3g)\n", best, sum);
}
