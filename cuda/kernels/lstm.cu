#include "ptx/device.cuh"
#include "params/lstm.h"
#include "vector4.cuh"

namespace {

constexpr int THREADS = 512;

// As the kernel's dynamic shared memory: the hidden state, then the partial products of every share of it.
struct Shared {
    float* state;       // [hidden]
    float* partial;     // [shares, 4 * hidden]: a thread for every four gates and share
};

__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

// The recurrent products of four gates and one share of the state.
template <typename T>
__device__ __forceinline__ float4 product(const T* weight, const float* state, int gate, int begin, int end, int ld) {
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#pragma unroll 8
    for (int k = begin; k < end; k++) {
        const float4 w = load_vector4(weight + k * ld + gate);
        const float h = state[k];
        sum.x += h * w.x;
        sum.y += h * w.y;
        sum.z += h * w.z;
        sum.w += h * w.w;
    }
    return sum;
}

// A sequence a block; the weights pass by from the cache in every step. The order of sums depends on the hidden size alone.
template <typename T>
__device__ __forceinline__ void lstm(const LstmParams& p) {
    PARASOL_DYNAMIC_SHARED(float, memory);
    const int hidden = p.hidden;
    const int gates = 4 * hidden;
    const Shared s{memory, memory + (hidden + 3) / 4 * 4};
    const int thread = static_cast<int>(threadIdx.x);
    const int first = p.repeat * p.offsets[blockIdx.x];
    const int steps = p.repeat * p.offsets[blockIdx.x + 1] - first;
    const int shares = THREADS / hidden;
    const int share = thread / hidden;
    const int unit = thread - share * hidden;
    const bool multiplies = share < shares;
    const int length = (hidden + shares - 1) / shares;
    const int begin = min(share * length, hidden);
    const int end = min(begin + length, hidden);
    const T* weight = static_cast<const T*>(p.weight);
    const bool updates = thread < hidden;

    float cell = 0.0f;
    float4 own = make_float4(0.0f, 0.0f, 0.0f, 0.0f);       // biases of the thread's unit
    if (updates) {
        s.state[thread] = 0.0f;
        own = make_float4(p.bias[thread], p.bias[hidden + thread], p.bias[2 * hidden + thread], p.bias[3 * hidden + thread]);
    }
    __syncthreads();
    for (int step = 0; step < steps; step++) {
        const int64_t row = first + (p.reverse == 0 ? step : steps - 1 - step);
        float4 in = make_float4(0.0f, 0.0f, 0.0f, 0.0f);    // asked for early: it comes while the products are made
        if (updates) {
            const T* input = static_cast<const T*>(p.gates) + row * p.ld_gates + thread;
            in = make_float4(load1(input), load1(input + hidden), load1(input + 2 * hidden), load1(input + 3 * hidden));
        }
        if (multiplies) {
            const float4 sum = product(weight, s.state, 4 * unit, begin, end, p.ld_weight);
            store_vector4(s.partial + share * gates + 4 * unit, sum);
        }
        __syncthreads();
        if (updates) {
            float4 sum = make_float4(in.x + own.x, in.y + own.y, in.z + own.z, in.w + own.w);
            for (int i = 0; i < shares; i++) {
                const float* partial = s.partial + i * gates + thread;
                sum.x += partial[0];
                sum.y += partial[hidden];
                sum.z += partial[2 * hidden];
                sum.w += partial[3 * hidden];
            }
            cell = sigmoid(sum.y) * cell + sigmoid(sum.x) * tanhf(sum.z);
            const float state = sigmoid(sum.w) * tanhf(cell);
            s.state[thread] = state;
            store1(static_cast<T*>(p.output) + row * p.ld_output + thread, state);
        }
        __syncthreads();
    }
}

}

// Block x is a sequence. Dynamic shared memory: hidden floats, rounded up to a multiple of four, and 4 * hidden for each share.
PARASOL_KERNEL(lstm_f32, LstmParams, THREADS) { lstm<float>(p); }
PARASOL_KERNEL(lstm_f16, LstmParams, THREADS) { lstm<__half>(p); }
