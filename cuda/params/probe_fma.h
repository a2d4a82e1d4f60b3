#pragma once
#include <stdint.h>

/* Independent multiply-adds of four: sum += left * right. */
struct ProbeFmaParams {
    const void* left;               /* [count] fp32 */
    const void* right;              /* [count, 4] fp32 */
    void* sum;                      /* [count, 4] fp32, in and out */
    int32_t count;
};
