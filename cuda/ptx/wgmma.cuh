// Matrix multiply-accumulate of a warpgroup, D = A B or D += A B (wgmma, sm_90a): four warps, the first one's number a
// multiple of four, multiply 64 rows of A with the rows of B, both in shared memory, K-major, 32 bytes of a row at a time:
// 16 columns of fp16 (D in fp32) or 32 of int8 (D in 32-bit integers).
//
// D is in registers. Warp w of the warpgroup holds rows 16 w .. 16 w + 15; with g = lane / 4, t = lane % 4:
//     d[4 j], d[4 j + 1] = D[16 w + g][8 j + 2 t, + 1]       d[4 j + 2], d[4 j + 3] = D[16 w + g + 8][8 j + 2 t, + 1]
//
// All 128 threads call together with the same descriptors. The sequence is wgmma_fence (before the first product, and
// whenever D was touched since), products, wgmma_commit, wgmma_wait<N>, which returns when at most the N youngest groups
// are under way. Until its group is over, D must not be touched and the operands must stay in shared memory. The software
// device holds poison in D meanwhile, reads the operands at the wait and fails where D or they were touched.
//
// Order of an fp16 sum: as for mma (see mma.cuh); the software device adds the products one by one, k ascending. Sums of int8 are
// exact, and wrap where they leave 32 bits.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

// How an operand's rows lie in shared memory: Bytes128 means rows of 128 bytes in groups of 8, the 16-byte chunks of row
// r at places c ^ (r % 8); Bytes64 and Bytes32 likewise with (r / 2) % 4 and (r / 4) % 2; None, 8 rows of 16 bytes in a row.
enum class Swizzle : uint32_t { None = 0, Bytes128 = 1, Bytes64 = 2, Bytes32 = 3 };

#ifdef __CUDACC__
__device__ __forceinline__ uint32_t descriptor_address(const void* shared) { return static_cast<uint32_t>(__cvta_generic_to_shared(shared)); }
#else
inline uint32_t descriptor_address(const void* shared) { return softcuda::sharedAddress(shared); }
#endif

/*
 * Descriptor of an operand. `leading` is the distance in bytes from one core matrix (8 rows of 16 bytes) to its neighbour
 * along K, used without a swizzle only; `stride` the distance from one group of 8 rows to the next. A swizzled operand
 * begins at a multiple of 8 rows' bytes.
 */
__device__ __forceinline__ uint64_t matrix_descriptor(const void* shared, uint32_t leading, uint32_t stride, Swizzle swizzle) {
    return static_cast<uint64_t>(descriptor_address(shared) >> 4) | static_cast<uint64_t>(leading >> 4) << 16 |
           static_cast<uint64_t>(stride >> 4) << 32 | static_cast<uint64_t>(swizzle) << 62;
}

// The same operand `bytes` further on, a multiple of 16: within a swizzled row, the next columns.
__device__ __forceinline__ uint64_t advance(uint64_t descriptor, uint32_t bytes) { return descriptor + (bytes >> 4); }

#ifdef __CUDACC__

__device__ __forceinline__ void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

__device__ __forceinline__ void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

template <int N>
__device__ __forceinline__ void wgmma_wait() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(N) : "memory");
}

// Behind a wait, before D is used: the compiler takes D for ready as soon as the product was issued, and must not move
// its uses before the wait.
template <int COUNT>
__device__ __forceinline__ void wgmma_ready(float (&d)[COUNT]) {
#pragma unroll
    for (int i = 0; i < COUNT; ++i) asm volatile("" : "+f"(d[i])::"memory");
}
template <int COUNT>
__device__ __forceinline__ void wgmma_ready(int (&d)[COUNT]) {
#pragma unroll
    for (int i = 0; i < COUNT; ++i) asm volatile("" : "+r"(d[i])::"memory");
}

// D [64, 128] = (accumulate ? D : 0) + A [64, 16] B [128, 16]^T.
__device__ __forceinline__ void wgmma_m64n128k16_f16(float (&d)[64], uint64_t a, uint64_t b, bool accumulate) {
    asm volatile(
        "{\n"
        ".reg .pred accumulate;\n"
        "setp.ne.b32 accumulate, %66, 0;\n"
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, "
        "%8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, "
        "%24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, "
        "%40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, "
        "%56, %57, %58, %59, %60, %61, %62, %63}, "
        "%64, %65, accumulate, 1, 1, 0, 0;\n"
        "}"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
          "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]),
          "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23]),
          "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31]),
          "+f"(d[32]), "+f"(d[33]), "+f"(d[34]), "+f"(d[35]), "+f"(d[36]), "+f"(d[37]), "+f"(d[38]), "+f"(d[39]),
          "+f"(d[40]), "+f"(d[41]), "+f"(d[42]), "+f"(d[43]), "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47]),
          "+f"(d[48]), "+f"(d[49]), "+f"(d[50]), "+f"(d[51]), "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55]),
          "+f"(d[56]), "+f"(d[57]), "+f"(d[58]), "+f"(d[59]), "+f"(d[60]), "+f"(d[61]), "+f"(d[62]), "+f"(d[63])
        : "l"(a), "l"(b), "r"(static_cast<int>(accumulate)));
}

// D [64, 128] = (accumulate ? D : 0) + A [64, 32] B [128, 32]^T.
__device__ __forceinline__ void wgmma_m64n128k32_s8(int (&d)[64], uint64_t a, uint64_t b, bool accumulate) {
    asm volatile(
        "{\n"
        ".reg .pred accumulate;\n"
        "setp.ne.b32 accumulate, %66, 0;\n"
        "wgmma.mma_async.sync.aligned.m64n128k32.s32.s8.s8 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, "
        "%8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, "
        "%24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, "
        "%40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, "
        "%56, %57, %58, %59, %60, %61, %62, %63}, "
        "%64, %65, accumulate;\n"
        "}"
        : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3]), "+r"(d[4]), "+r"(d[5]), "+r"(d[6]), "+r"(d[7]),
          "+r"(d[8]), "+r"(d[9]), "+r"(d[10]), "+r"(d[11]), "+r"(d[12]), "+r"(d[13]), "+r"(d[14]), "+r"(d[15]),
          "+r"(d[16]), "+r"(d[17]), "+r"(d[18]), "+r"(d[19]), "+r"(d[20]), "+r"(d[21]), "+r"(d[22]), "+r"(d[23]),
          "+r"(d[24]), "+r"(d[25]), "+r"(d[26]), "+r"(d[27]), "+r"(d[28]), "+r"(d[29]), "+r"(d[30]), "+r"(d[31]),
          "+r"(d[32]), "+r"(d[33]), "+r"(d[34]), "+r"(d[35]), "+r"(d[36]), "+r"(d[37]), "+r"(d[38]), "+r"(d[39]),
          "+r"(d[40]), "+r"(d[41]), "+r"(d[42]), "+r"(d[43]), "+r"(d[44]), "+r"(d[45]), "+r"(d[46]), "+r"(d[47]),
          "+r"(d[48]), "+r"(d[49]), "+r"(d[50]), "+r"(d[51]), "+r"(d[52]), "+r"(d[53]), "+r"(d[54]), "+r"(d[55]),
          "+r"(d[56]), "+r"(d[57]), "+r"(d[58]), "+r"(d[59]), "+r"(d[60]), "+r"(d[61]), "+r"(d[62]), "+r"(d[63])
        : "l"(a), "l"(b), "r"(static_cast<int>(accumulate)));
}

#else

inline void wgmma_fence() { softcuda::wgmmaFence(); }
inline void wgmma_commit() { softcuda::wgmmaCommit(); }
template <int N>
inline void wgmma_wait(unsigned line = __builtin_LINE()) {
    softcuda::wgmmaWait(N, line);
}
template <class T, int COUNT>
inline void wgmma_ready(T (&)[COUNT]) {}
inline void wgmma_m64n128k16_f16(float (&d)[64], uint64_t a, uint64_t b, bool accumulate, unsigned line = __builtin_LINE()) {
    softcuda::wgmmaF16(d, 128, a, b, accumulate, line);
}
inline void wgmma_m64n128k32_s8(int (&d)[64], uint64_t a, uint64_t b, bool accumulate, unsigned line = __builtin_LINE()) {
    softcuda::wgmmaS8(d, 128, a, b, accumulate, line);
}

#endif

}  // namespace ptx
