#pragma once
#include <stdint.h>

/* Asynchronous copies of 16-byte chunks, thread by thread. */
struct ProbeCpAsyncParams {
    const void* source;             /* chunks of 16 bytes */
    const int32_t* chunks;          /* [threads, rounds] which chunk to copy */
    const int32_t* valid;           /* [threads, rounds] 0: write zeros instead */
    void* output;                   /* [threads, rounds] chunks */
    int32_t rounds;
};
