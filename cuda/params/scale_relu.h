#pragma once
#include <stdint.h>

/* relu(x * scale + shift), by columns: a batch norm and what follows it, where no product comes before. */
struct ScaleReluParams {
    const float* input;             /* [rows, ld_input] */
    const float* scale;             /* [cols] */
    const float* shift;             /* [cols] */
    float* output;                  /* [rows, ld_output]; columns cols .. ld_output are written as zero */
    const int32_t* device_rows;     /* null, or the true number of rows (at most rows) */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;
};
