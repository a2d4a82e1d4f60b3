// ldmatrix: 8x8 matrices of 16-bit elements from shared memory into fragments (see ptx/ldmatrix.cuh).
#include <immintrin.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_meet.h"
#include "softcuda/engine_sanitizer.h"

namespace softcuda {

namespace {

constexpr unsigned ROW_BYTES = 16;

// Transposes 8x8 elements of 16 bits, a row in each register.
inline void transpose16(__m128i (&x)[8]) {
    __m128i y[8];
    for (int i = 0; i < 4; ++i) {
        y[2 * i] = _mm_unpacklo_epi16(x[2 * i], x[2 * i + 1]);
        y[2 * i + 1] = _mm_unpackhi_epi16(x[2 * i], x[2 * i + 1]);
    }
    for (int i = 0; i < 2; ++i) {
        x[4 * i] = _mm_unpacklo_epi32(y[4 * i], y[4 * i + 2]);
        x[4 * i + 1] = _mm_unpackhi_epi32(y[4 * i], y[4 * i + 2]);
        x[4 * i + 2] = _mm_unpacklo_epi32(y[4 * i + 1], y[4 * i + 3]);
        x[4 * i + 3] = _mm_unpackhi_epi32(y[4 * i + 1], y[4 * i + 3]);
    }
    for (int i = 0; i < 4; ++i) {
        y[2 * i] = _mm_unpacklo_epi64(x[i], x[i + 4]);
        y[2 * i + 1] = _mm_unpackhi_epi64(x[i], x[i + 4]);
    }
    for (int i = 0; i < 8; ++i) x[i] = y[i];
}

// One instruction: the 16 bytes at rows[8 m + g] become, for lane 4 g + t, word t of register m.
template <int matrices, bool transposed>
void execute(Warp& warp, int instruction) {
    __m128i rows[matrices][8];
    for (int m = 0; m < matrices; ++m) {
        for (int g = 0; g < 8; ++g) {
            const void* row = static_cast<const void* const*>(warp.fragments[8 * m + g].a)[instruction];
            rows[m][g] = _mm_load_si128(static_cast<const __m128i*>(row));
        }
        if (transposed) transpose16(rows[m]);
    }
    for (int g = 0; g < 8; ++g) {
        const auto registers = [&](int t) { return static_cast<uint32_t*>(warp.fragments[4 * g + t].d) + matrices * instruction; };
        if (matrices == 4) {
            const __m128i a = _mm_unpacklo_epi32(rows[0][g], rows[1][g]), b = _mm_unpackhi_epi32(rows[0][g], rows[1][g]);
            const __m128i c = _mm_unpacklo_epi32(rows[matrices - 2][g], rows[matrices - 1][g]);
            const __m128i d = _mm_unpackhi_epi32(rows[matrices - 2][g], rows[matrices - 1][g]);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(registers(0)), _mm_unpacklo_epi64(a, c));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(registers(1)), _mm_unpackhi_epi64(a, c));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(registers(2)), _mm_unpacklo_epi64(b, d));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(registers(3)), _mm_unpackhi_epi64(b, d));
        } else {
            const __m128i a = _mm_unpacklo_epi32(rows[0][g], rows[1][g]), b = _mm_unpackhi_epi32(rows[0][g], rows[1][g]);
            _mm_storel_epi64(reinterpret_cast<__m128i*>(registers(0)), a);
            _mm_storel_epi64(reinterpret_cast<__m128i*>(registers(1)), _mm_unpackhi_epi64(a, a));
            _mm_storel_epi64(reinterpret_cast<__m128i*>(registers(2)), b);
            _mm_storel_epi64(reinterpret_cast<__m128i*>(registers(3)), _mm_unpackhi_epi64(b, b));
        }
    }
}

void checkRow(Worker& worker, Thread& thread, uint64_t key, const void* row) {
    if (__builtin_expect(reinterpret_cast<uintptr_t>(row) % ROW_BYTES != 0, 0)) {
        failThread(worker, thread, describe(key) + ": the row's address is not a multiple of 16");
    }
    if (__builtin_expect(!insideShared(worker, row, ROW_BYTES), 0)) {
        failThread(worker, thread, describe(key) + ": the row is not in the block's shared memory", ILLEGAL_ADDRESS);
    }
    noteRead(row, ROW_BYTES);
}

}  // namespace

void loadMatrices(uint32_t* destination, const void* const* rows, int count, int matrices, bool transposed, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(Operation::LoadMatrix, line, static_cast<unsigned>(count << 8 | matrices << 1 | transposed));
    if (thread.lane < static_cast<unsigned>(8 * matrices)) {
        for (int i = 0; i < count; ++i) checkRow(worker, thread, key, rows[i]);
    }
    thread.warp->fragments[thread.lane] = Fragments{destination, rows, nullptr};
    const auto one = matrices == 4 ? (transposed ? execute<4, true> : execute<4, false>) : (transposed ? execute<2, true> : execute<2, false>);
    meetLanes(worker, thread, key, ~0u, [one, count](Warp& warp, unsigned) {
        for (int i = 0; i < count; ++i) one(warp, i);
    });
}

}  // namespace softcuda
