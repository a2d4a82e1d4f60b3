#pragma once
#include <stdint.h>

/* Bulk copies through two buffers with their barriers. */
struct ProbeBulkCopyParams {
    const void* source;             /* chunks of 16 bytes */
    const int32_t* first;           /* [blocks, rounds] first chunk of a round's copy */
    const int32_t* count;           /* [blocks, rounds] its chunks, 1 to 256 */
    void* output;                   /* [blocks, rounds, 256] chunks; those beyond the count are left alone */
    int32_t rounds;
};
