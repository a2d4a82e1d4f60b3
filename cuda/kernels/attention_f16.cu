#include "attention_f16.cuh"

/* Kernels are named by the head's size and the query rows of a block. */
#define PARASOL_ATTENTION_F16(HEAD, QUERIES)                                                                            \
    PARASOL_KERNEL(attention_f16_##HEAD##_##QUERIES, AttentionParams, AttentionF16Of##QUERIES<HEAD>::THREADS) { \
        PARASOL_DYNAMIC_SHARED(unsigned char, shared);                                                                  \
        AttentionF16Of##QUERIES<HEAD>::run(p, *(AttentionF16Of##QUERIES<HEAD>::Shared*)shared);                 \
    }
#define PARASOL_ATTENTION_F16_QUERIES(HEAD) \
    PARASOL_ATTENTION_F16(HEAD, 32)         \
    PARASOL_ATTENTION_F16(HEAD, 64)         \
    PARASOL_ATTENTION_F16(HEAD, 128)
PARASOL_ATTENTION_F16_QUERIES(32)
PARASOL_ATTENTION_F16_QUERIES(64)
PARASOL_ATTENTION_F16_QUERIES(80)
PARASOL_ATTENTION_F16_QUERIES(128)
