#pragma once
#include "ptx/device.cuh"

// Exclusive prefix sum of one value a thread over a block of THREADS threads. One thread adds in thread order, so that
// sum(i) + value(i) is sum(i + 1) to the last bit, which a tree would not give in floating point. `shared` has THREADS + 1
// elements; on return shared[THREADS] is the total. Every thread of the block must call it; before another call with the same
// shared memory the caller synchronises.
template <int THREADS, typename T>
__device__ __forceinline__ T block_exclusive_sum(T value, T* shared) {
    const int thread = static_cast<int>(threadIdx.x);
    shared[thread] = value;
    __syncthreads();
    if (thread == 0) {
        T sum = 0;
        for (int i = 0; i < THREADS; i++) {
            const T next = shared[i];
            shared[i] = sum;
            sum += next;
        }
        shared[THREADS] = sum;
    }
    __syncthreads();
    return shared[thread];
}
