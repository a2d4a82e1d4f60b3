// mma.sync: the last lane to come gathers the warp's fragments into matrices, multiplies them and scatters the sums.
//
// Fragment layouts are those of the PTX manual (see ptx/mma.cuh). Register r of an A fragment holds, over the 32 lanes,
// an 8x8 block of halves, row by row; likewise B, by columns. Sums run over k ascending, one fp32 rounding per term.
#include <immintrin.h>
#include <string.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_meet.h"

namespace softcuda {

namespace {

constexpr int MAX_TILES = 16;  // along m or n, in one call
constexpr int ROWS = 16, COLUMNS = 8, DEPTH = 16;
constexpr int PAIRS = 16;  // of s8 elements along k = 32

inline __m128i loadFour(const void* address) { return _mm_loadu_si128(static_cast<const __m128i*>(address)); }

// Transposes 4x4 words: rows become columns.
inline void transpose(__m128i (&x)[4]) {
    const __m128i a = _mm_unpacklo_epi32(x[0], x[1]), b = _mm_unpackhi_epi32(x[0], x[1]);
    const __m128i c = _mm_unpacklo_epi32(x[2], x[3]), d = _mm_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm_unpacklo_epi64(a, c);
    x[1] = _mm_unpackhi_epi64(a, c);
    x[2] = _mm_unpacklo_epi64(b, d);
    x[3] = _mm_unpackhi_epi64(b, d);
}

// Visits the four 16-byte row pieces that the lanes of group g hold of A tile m: piece r is block r's row g.
template <class Store>
inline void gatherA(const Warp& warp, int m, Store store) {
    for (int g = 0; g < 8; ++g) {
        __m128i x[4];
        for (int t = 0; t < 4; ++t) x[t] = loadFour(static_cast<const uint32_t*>(warp.fragments[4 * g + t].a) + 4 * m);
        transpose(x);
        store(g, x);
    }
}

// words[r][t] = register r of lane (g, t) for the columns g = 0 .. 7 of B tile n.
inline void gatherB(const Warp& warp, int n, __m256i (&words)[2][4]) {
    alignas(32) uint32_t buffer[2][4][8];
    for (int g = 0; g < 8; ++g) {
        for (int t = 0; t < 4; ++t) {
            const uint32_t* b = static_cast<const uint32_t*>(warp.fragments[4 * g + t].b) + 2 * n;
            buffer[0][t][g] = b[0];
            buffer[1][t][g] = b[1];
        }
    }
    for (int r = 0; r < 2; ++r) {
        for (int t = 0; t < 4; ++t) words[r][t] = _mm256_load_si256(reinterpret_cast<const __m256i*>(buffer[r][t]));
    }
}

// The low (or high) halves of eight words as fp32.
inline __m256 lowHalves(__m256i words) {
    const __m256i masked = _mm256_and_si256(words, _mm256_set1_epi32(0xffff));
    const __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(masked), _mm256_extracti128_si256(masked, 1));
    return _mm256_cvtph_ps(packed);
}
inline __m256 highHalves(__m256i words) { return lowHalves(_mm256_srli_epi32(words, 16)); }

// Rows g and g + 8 of tile `tile` of D, held as 16 bytes by each of the four lanes of group g.
inline void gatherD(const Warp& warp, int g, int tile, __m256& upper, __m256& lower) {
    const auto at = [&](int t) { return static_cast<const float*>(warp.fragments[4 * g + t].d) + 4 * tile; };
    const __m256 even = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(at(0))), _mm_loadu_ps(at(2)), 1);
    const __m256 odd = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(at(1))), _mm_loadu_ps(at(3)), 1);
    upper = _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(even), _mm256_castps_pd(odd)));
    lower = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(even), _mm256_castps_pd(odd)));
}

inline void scatterD(Warp& warp, int g, int tile, __m256 upper, __m256 lower) {
    const auto at = [&](int t) { return static_cast<float*>(warp.fragments[4 * g + t].d) + 4 * tile; };
    const __m256 even = _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(upper), _mm256_castps_pd(lower)));
    const __m256 odd = _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(upper), _mm256_castps_pd(lower)));
    _mm_storeu_ps(at(0), _mm256_castps256_ps128(even));
    _mm_storeu_ps(at(1), _mm256_castps256_ps128(odd));
    _mm_storeu_ps(at(2), _mm256_extractf128_ps(even, 1));
    _mm_storeu_ps(at(3), _mm256_extractf128_ps(odd, 1));
}

// Groups g .. g + G - 1, that is rows g .. and g + 8 .., of N tiles side by side: 2 * G * N sums in registers.
template <int G, int N>
inline void multiplyF16(Warp& warp, int g, int tile, const float (*a)[DEPTH], const float (*b)[DEPTH][COLUMNS]) {
    __m256 sum[G][2][N];
    for (int i = 0; i < G; ++i) {
        for (int n = 0; n < N; ++n) gatherD(warp, g + i, tile + n, sum[i][0][n], sum[i][1][n]);
    }
    for (int k = 0; k < DEPTH; ++k) {
        __m256 column[N];
        for (int n = 0; n < N; ++n) column[n] = _mm256_load_ps(b[n][k]);
        for (int i = 0; i < G; ++i) {
            for (int half = 0; half < 2; ++half) {
                const __m256 row = _mm256_broadcast_ss(&a[g + i + 8 * half][k]);
                for (int n = 0; n < N; ++n) sum[i][half][n] = _mm256_fmadd_ps(row, column[n], sum[i][half][n]);
            }
        }
    }
    for (int i = 0; i < G; ++i) {
        for (int n = 0; n < N; ++n) scatterD(warp, g + i, tile + n, sum[i][0][n], sum[i][1][n]);
    }
}

void executeF16(Warp& warp, int tilesM, int tilesN) {
    alignas(32) float b[MAX_TILES][DEPTH][COLUMNS];
    for (int n = 0; n < tilesN; ++n) {
        __m256i words[2][4];
        gatherB(warp, n, words);
        for (int r = 0; r < 2; ++r) {
            for (int t = 0; t < 4; ++t) {
                _mm256_store_ps(b[n][8 * r + 2 * t], lowHalves(words[r][t]));
                _mm256_store_ps(b[n][8 * r + 2 * t + 1], highHalves(words[r][t]));
            }
        }
    }
    for (int m = 0; m < tilesM; ++m) {
        alignas(32) float a[ROWS][DEPTH];
        gatherA(warp, m, [&](int g, const __m128i (&x)[4]) {
            for (int r = 0; r < 4; ++r) _mm256_store_ps(&a[g + 8 * (r & 1)][8 * (r >> 1)], _mm256_cvtph_ps(x[r]));
        });
        int n = 0;
        for (; n + 2 <= tilesN; n += 2) {
            for (int g = 0; g < 8; g += 2) multiplyF16<2, 2>(warp, g, m * tilesN + n, a, b + n);
        }
        if (n < tilesN) {
            for (int g = 0; g < 8; g += 4) multiplyF16<4, 1>(warp, g, m * tilesN + n, a, b + n);
        }
    }
}

// Bytes `first` and first + 1 of each word as two 16-bit numbers: each byte goes to the upper half, and the shift extends it.
template <int first>
inline __m256i bytePairs(__m256i words) {
    constexpr char NONE = -128, i = first, j = first + 1;
    const __m128i places = _mm_setr_epi8(NONE, i, NONE, j, NONE, i + 4, NONE, j + 4, NONE, i + 8, NONE, j + 8, NONE, i + 12, NONE, j + 12);
    return _mm256_srai_epi16(_mm256_shuffle_epi8(words, _mm256_broadcastsi128_si256(places)), 8);
}

void executeS8(Warp& warp, int tilesM, int tilesN) {
    alignas(32) int32_t b[MAX_TILES][PAIRS][COLUMNS];
    for (int n = 0; n < tilesN; ++n) {
        __m256i words[2][4];
        gatherB(warp, n, words);
        for (int r = 0; r < 2; ++r) {
            for (int t = 0; t < 4; ++t) {
                _mm256_store_si256(reinterpret_cast<__m256i*>(b[n][8 * r + 2 * t]), bytePairs<0>(words[r][t]));
                _mm256_store_si256(reinterpret_cast<__m256i*>(b[n][8 * r + 2 * t + 1]), bytePairs<2>(words[r][t]));
            }
        }
    }
    for (int m = 0; m < tilesM; ++m) {
        alignas(32) int16_t a[ROWS][2 * PAIRS];
        gatherA(warp, m, [&](int g, const __m128i (&x)[4]) {
            for (int r = 0; r < 4; ++r) {
                _mm256_store_si256(reinterpret_cast<__m256i*>(&a[g + 8 * (r & 1)][16 * (r >> 1)]), _mm256_cvtepi8_epi16(x[r]));
            }
        });
        for (int n = 0; n < tilesN; ++n) {
            const int tile = m * tilesN + n;
            for (int g = 0; g < 8; ++g) {
                __m256 upper, lower;
                gatherD(warp, g, tile, upper, lower);
                __m256i sum[2] = {_mm256_castps_si256(upper), _mm256_castps_si256(lower)};
                for (int half = 0; half < 2; ++half) {
                    for (int k = 0; k < PAIRS; ++k) {
                        int32_t pair;
                        memcpy(&pair, &a[g + 8 * half][2 * k], sizeof(pair));
                        const __m256i column = _mm256_load_si256(reinterpret_cast<const __m256i*>(b[n][k]));
                        sum[half] = _mm256_add_epi32(sum[half], _mm256_madd_epi16(_mm256_set1_epi32(pair), column));
                    }
                }
                scatterD(warp, g, tile, _mm256_castsi256_ps(sum[0]), _mm256_castsi256_ps(sum[1]));
            }
        }
    }
}

template <class Execute>
inline void multiply(Operation operation, void* d, const void* a, const void* b, int m, int n, unsigned line, Execute execute) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(operation, line, static_cast<unsigned>(m << 8 | n));
    if (__builtin_expect(m < 1 || n < 1 || m > MAX_TILES || n > MAX_TILES, 0)) {
        failThread(worker, thread, describe(key) + ": a tile of more than 16 instructions along m or n");
    }
    thread.warp->fragments[thread.lane] = Fragments{d, a, b};
    meetLanes(worker, thread, key, ~0u, [m, n, execute](Warp& warp, unsigned) { execute(warp, m, n); });
}

}  // namespace

void mmaF16(float* d, const uint32_t* a, const uint32_t* b, int m, int n, unsigned line) {
    multiply(Operation::MmaF16, d, a, b, m, n, line, executeF16);
}

void mmaS8(int* d, const uint32_t* a, const uint32_t* b, int m, int n, unsigned line) {
    multiply(Operation::MmaS8, d, a, b, m, n, line, executeS8);
}

}  // namespace softcuda
