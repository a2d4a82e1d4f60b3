#include "ptx/device.cuh"
#include "params/cif_fire.h"
#include "scan.cuh"

namespace {

constexpr int THREADS = 128;

struct Utterance {
    const float* alphas;            // frames + 1 of them
    float* peaks;
    int32_t* fires;
    float* remainders;
    int frames;
};

// A token for every frame at which the sum of the weights reaches a new whole number. Each thread has a run of neighbouring
// frames; the sums at the runs' borders are the same to the last bit on both sides (see scan.cuh), so no token is lost or
// counted twice there.
__device__ __forceinline__ int fire_by_prefix_sum(const Utterance& u) {
    __shared__ double sums[THREADS + 1];
    __shared__ int counts[THREADS + 1];
    const int weights = u.frames + 1;
    const int run = (weights + THREADS - 1) / THREADS;
    const int begin = min(static_cast<int>(threadIdx.x) * run, weights);
    const int end = min(begin + run, weights);

    double own = 0.0;
    for (int t = begin; t < end; t++) own += static_cast<double>(u.alphas[t]);
    const double before = block_exclusive_sum<THREADS>(own, sums);

    int fired = 0;
    double within = 0.0;
    float last = floorf(static_cast<float>(before));
    for (int t = begin; t < end; t++) {
        within += static_cast<double>(u.alphas[t]);
        const float whole = floorf(static_cast<float>(before + within));
        if (whole > last) fired++;
        last = whole;
    }
    int k = block_exclusive_sum<THREADS>(fired, counts);

    within = 0.0;
    last = floorf(static_cast<float>(before));
    for (int t = begin; t < end; t++) {
        within += static_cast<double>(u.alphas[t]);
        const float sum = static_cast<float>(before + within);
        const float whole = floorf(sum);
        const bool fire = whole > last;
        last = whole;
        const float peak = (sum + (fire ? 1.0f : 0.0f)) - whole;    // in this order: it rounds as FunASR's does
        u.peaks[t] = peak;
        if (fire && k < u.frames) {
            u.fires[k] = t;
            u.remainders[k] = peak - floorf(peak);
        }
        if (fire) k++;
    }
    return counts[THREADS];
}

// The older, running form: fp32 all the way, one step after another. A sum of all weights bounds the count, as in FunASR.
__device__ __forceinline__ int fire_in_sequence(const Utterance& u) {
    float integral = 0.0f;
    double sum = 0.0;
    int fired = 0;
    for (int t = 0; t <= u.frames; t++) {
        const float alpha = u.alphas[t];
        const float missing = 1.0f - integral;
        integral += alpha;
        sum += static_cast<double>(alpha);
        u.peaks[t] = integral;
        if (integral >= 1.0f) {
            if (fired < u.frames) {
                u.fires[fired] = t;
                u.remainders[fired] = alpha - missing;
            }
            fired++;
            integral -= 1.0f;
        }
    }
    const float whole = floorf(static_cast<float>(sum));
    return static_cast<float>(fired) > whole ? static_cast<int>(whole) : fired;
}

}

// One block an utterance.
PARASOL_KERNEL(cif_fire, CifFireParams, THREADS) {
    const int b = static_cast<int>(blockIdx.x);
    const int first = p.frame_offsets[b];
    Utterance u;
    u.frames = p.frame_offsets[b + 1] - first;
    u.alphas = p.alphas + first + b;
    u.peaks = p.peaks + first + b;
    u.fires = p.fires + first;
    u.remainders = p.remainders + first;
    if (p.sequential == 0) {
        const int fired = fire_by_prefix_sum(u);
        if (threadIdx.x == 0) p.token_counts[b] = min(fired, u.frames);
    } else if (threadIdx.x == 0) {
        p.token_counts[b] = min(fire_in_sequence(u), u.frames);
    }
}
