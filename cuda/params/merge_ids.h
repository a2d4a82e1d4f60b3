#pragma once
#include <stdint.h>

/* Another opinion on each id, which counts unless it is `none`. */
struct MergeIdsParams {
    int32_t* ids;                   /* [rows] read and written */
    const int32_t* others;          /* [rows] */
    const int32_t* device_rows;     /* the true row count */
    int32_t rows;
    int32_t none;
};
