#include "ptx/device.cuh"
#include "tests/driver/kernels.h"

PARASOL_KERNEL(driver_add, AddParams, 256) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < p.count) p.values[i] += p.addend;
}

PARASOL_KERNEL(driver_move, MoveParams, 256) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < p.count) p.target[i] = p.source[i];
}

PARASOL_KERNEL(driver_store, StoreParams, 32) {
    if (threadIdx.x == 0) *p.address = p.value;
}

PARASOL_KERNEL(driver_shared, AddParams, 64) {
    PARASOL_DYNAMIC_SHARED(int32_t, shared);
    shared[p.count + threadIdx.x] = p.addend;
    __syncthreads();
    if (threadIdx.x == 0) p.values[0] = shared[p.count + blockDim.x - 1];
}
