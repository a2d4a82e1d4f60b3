#pragma once
#include "ptx/device.cuh"

/* The number of rows that exist: `device_rows` where the host does not know it, never more than `rows`. */
__device__ __forceinline__ int row_count(const int32_t* device_rows, int rows) {
    return device_rows ? min(*device_rows, rows) : rows;
}
