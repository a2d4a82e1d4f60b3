// wgmma: the last thread of a warpgroup to come issues a product for all; it is carried out at the wait.
//
// Descriptors and swizzles are decoded as the PTX manual defines them for K-major operands, of whose rows a product takes 32
// bytes. Sums of fp16 factors run over k ascending, one fp32 rounding per term; sums of int8 are whole numbers.
#include <immintrin.h>
#include <string.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_meet.h"
#include "softcuda/engine_sanitizer.h"

namespace softcuda {

namespace {

constexpr unsigned ROWS = 64;
constexpr unsigned BYTES = 32, CHUNKS = BYTES / CHUNK;  // of an operand's row
constexpr unsigned WORDS = 16;                         // that a row of it becomes: fp32 numbers, or pairs of 16-bit integers
constexpr uint32_t BASE = 1024;  // the shared address at which dynamic shared memory begins, as on a GPU
constexpr uint64_t RESERVED = 0x3ffull << 52 | 7ull << 46 | 3ull << 30 | 3ull << 14;

struct Operand {
    uint32_t address, leading, stride;
    unsigned pitch;  // bytes from one row to the next, and the reach of the swizzle
};

[[noreturn]] void refuse(Worker& worker, unsigned line, const std::string& why, int code = LAUNCH_FAILED) {
    failThread(worker, *worker.current, "wgmma at line " + std::to_string(line) + ": " + why, code);
}

Operand decode(Worker& worker, uint64_t descriptor, const char* name, unsigned line) {
    static constexpr unsigned PITCH[] = {16, 128, 64, 32};
    Operand operand;
    operand.address = static_cast<uint32_t>(descriptor & 0x3fff) << 4;
    operand.leading = static_cast<uint32_t>(descriptor >> 16 & 0x3fff) << 4;
    operand.stride = static_cast<uint32_t>(descriptor >> 32 & 0x3fff) << 4;
    operand.pitch = PITCH[descriptor >> 62];
    if (descriptor & RESERVED) refuse(worker, line, std::string("reserved bits are set in the descriptor of ") + name);
    if (descriptor >> 49 & 7) refuse(worker, line, std::string("the descriptor of ") + name + " has a base offset: operands begin where their swizzle does");
    if (operand.pitch != CHUNK && operand.address % (8 * operand.pitch) >= operand.pitch) {
        refuse(worker, line, std::string(name) + " begins at shared address " + std::to_string(operand.address) + ", within a swizzle pattern of " +
                                 std::to_string(8 * operand.pitch) + " bytes");
    }
    if (operand.pitch != CHUNK && operand.address % operand.pitch + BYTES > operand.pitch) {
        refuse(worker, line, std::string(name) + " has its columns in two rows of the swizzle");
    }
    return operand;
}

// Where a chunk of a row lies.
const char* chunkAt(Worker& worker, const Operand& operand, unsigned row, unsigned chunk) {
    uint32_t address = operand.address + row / 8 * operand.stride + row % 8 * operand.pitch;
    address += operand.pitch == CHUNK ? chunk * operand.leading : chunk * CHUNK;
    address ^= address >> 3 & (operand.pitch - CHUNK);
    return worker.shared + (address - BASE);
}

void checkOperand(Worker& worker, const Operand& operand, unsigned rows, const char* name, const char* when, unsigned line) {
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned chunk = 0; chunk < CHUNKS; ++chunk) {
            const char* at = chunkAt(worker, operand, row, chunk);
            const size_t offset = static_cast<size_t>(at - worker.shared);
            if (offset >= worker.sharedBytes || worker.sharedBytes - offset < CHUNK) {
                refuse(worker, line, "row " + std::to_string(row) + " of " + name + " is not in the block's dynamic shared memory", ILLEGAL_ADDRESS);
            }
            const ChunkState* state = worker.proxy.unsettled(worker, at, CHUNK);
            if (state == nullptr) continue;
            refuse(worker, line, "row " + std::to_string(row) + " of " + name +
                                     (*state == ChunkState::UnderWay ? " is the destination of a copy that is under way" : " was written by cp.async without fence.proxy.async") +
                                     " when the product " + when);
        }
    }
}

// Halves become fp32 numbers; a word's sum of products is one fp32 rounding.
struct HalfFactors {
    static void widen(const char* chunk, uint32_t* words) {
        _mm256_storeu_ps(reinterpret_cast<float*>(words), _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(chunk))));
    }
    static __m256i add(__m256i sum, __m256i x, __m256i y) {
        return _mm256_castps_si256(_mm256_fmadd_ps(_mm256_castsi256_ps(x), _mm256_castsi256_ps(y), _mm256_castsi256_ps(sum)));
    }
};

// Bytes become 16-bit integers, two to a word: a word's sum of two products.
struct ByteFactors {
    static void widen(const char* chunk, uint32_t* words) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(chunk))));
    }
    static __m256i add(__m256i sum, __m256i x, __m256i y) { return _mm256_add_epi32(sum, _mm256_madd_epi16(x, y)); }
};

// The rows' words; `transposed` puts [word][row] instead of [row][word].
template <class Kind>
void load(Worker& worker, const Operand& operand, unsigned rows, bool transposed, uint32_t* words) {
    for (unsigned row = 0; row < rows; ++row) {
        uint32_t line[WORDS];
        for (unsigned chunk = 0; chunk < CHUNKS; ++chunk) Kind::widen(chunkAt(worker, operand, row, chunk), line + WORDS / CHUNKS * chunk);
        for (unsigned k = 0; k < WORDS; ++k) words[transposed ? k * rows + row : row * WORDS + k] = line[k];
    }
}

__m256i wordsAt(const uint32_t* words) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)); }

// Four rows by sixteen columns at a time, their sums in registers.
template <class Kind>
void multiply(uint32_t* d, const uint32_t* a, const uint32_t* b, unsigned columns) {
    for (unsigned row = 0; row < ROWS; row += 4) {
        for (unsigned column = 0; column < columns; column += 16) {
            __m256i sum[4][2];
            for (unsigned i = 0; i < 4; ++i) {
                for (unsigned j = 0; j < 2; ++j) sum[i][j] = wordsAt(d + (row + i) * columns + column + 8 * j);
            }
            for (unsigned k = 0; k < WORDS; ++k) {
                const __m256i left = wordsAt(b + k * columns + column), right = wordsAt(b + k * columns + column + 8);
                for (unsigned i = 0; i < 4; ++i) {
                    const __m256i x = _mm256_set1_epi32(static_cast<int>(a[(row + i) * WORDS + k]));
                    sum[i][0] = Kind::add(sum[i][0], x, left);
                    sum[i][1] = Kind::add(sum[i][1], x, right);
                }
            }
            for (unsigned i = 0; i < 4; ++i) {
                for (unsigned j = 0; j < 2; ++j) _mm256_storeu_si256(reinterpret_cast<__m256i*>(d + (row + i) * columns + column + 8 * j), sum[i][j]);
            }
        }
    }
}

template <class Kind>
void multiply(Worker& worker, const Operand& a, const Operand& b, unsigned columns, uint32_t* d) {
    static thread_local uint32_t left[ROWS * WORDS], right[WORDS * 256];
    load<Kind>(worker, a, ROWS, false, left);
    load<Kind>(worker, b, columns, true, right);
    multiply<Kind>(d, left, right, columns);
}

// What each warp reads is read in the eyes of its first thread, which goes on behind its own wait only.
void noteOperands([[maybe_unused]] Worker& worker, [[maybe_unused]] const Warpgroup& group, [[maybe_unused]] const Operand& a,
                  [[maybe_unused]] const Operand& b, [[maybe_unused]] unsigned columns) {
#ifdef PARASOL_TSAN
    for (unsigned warp = 0; warp < 4; ++warp) {
        becomeFiber(group.threads[LANES * warp]->tsanFiber);
        for (unsigned row = 16 * warp; row < 16 * warp + 16; ++row) {
            for (unsigned chunk = 0; chunk < CHUNKS; ++chunk) noteRead(chunkAt(worker, a, row, chunk), CHUNK);
        }
        for (unsigned row = 0; row < columns; ++row) {
            for (unsigned chunk = 0; chunk < CHUNKS; ++chunk) noteRead(chunkAt(worker, b, row, chunk), CHUNK);
        }
    }
    becomeFiber(worker.current->tsanFiber);
#endif
}

// The place of element i of a thread's part.
size_t place(unsigned thread, unsigned i, unsigned columns) {
    const unsigned lane = thread % LANES, row = thread / LANES * 16 + lane / 4 + (i & 2 ? 8 : 0);
    return static_cast<size_t>(row) * columns + i / 4 * 8 + lane % 4 * 2 + (i & 1);
}

// Element i of a thread's part, which its kernel holds as float or int.
char* element(void* part, unsigned i) { return static_cast<char*>(part) + i * sizeof(uint32_t); }

void execute(Worker& worker, Warpgroup& group, const Product& product) {
    const Operand a = decode(worker, product.a, "A", product.line), b = decode(worker, product.b, "B", product.line);
    checkOperand(worker, a, ROWS, "A", "was carried out", product.line);
    checkOperand(worker, b, product.columns, "B", "was carried out", product.line);
    noteOperands(worker, group, a, b, product.columns);
    const Unwatched records;
    Sum& sum = group.sums[product.sum];
    if (!product.accumulate) memset(sum.d.data(), 0, sum.d.size() * sizeof(uint32_t));
    if (product.factors == Factors::F16) multiply<HalfFactors>(worker, a, b, product.columns, sum.d.data());
    else multiply<ByteFactors>(worker, a, b, product.columns, sum.d.data());
    --sum.under;
}

// Gives the threads their parts of D back, where nothing may have been written meanwhile.
void deliver(Worker& worker, Sum& sum, unsigned line) {
    for (unsigned thread = 0; thread < GROUP_THREADS; ++thread) {
        for (unsigned i = 0; i < sum.columns / 2; ++i) {
            uint32_t word;
            memcpy(&word, element(sum.parts[thread], i), sizeof(word));
            if (word != ~0u) refuse(worker, line, "thread " + std::to_string(thread) + " of the warpgroup wrote to D while products on it were under way");
            memcpy(element(sum.parts[thread], i), &sum.d[place(thread, i, sum.columns)], sizeof(word));
        }
    }
}

Warpgroup& groupOf(Worker& worker, const Thread& thread, uint64_t key) {
    const unsigned number = thread.number / GROUP_THREADS;
    if ((number + 1) * GROUP_THREADS > worker.threadCount || number >= MAX_GROUPS) {
        failThread(worker, thread, describe(key) + ": this thread is in no whole warpgroup");
    }
    worker.proxy.begin(worker);
    return worker.proxy.groups[number];
}

// Waits until all 128 threads have come with the same key; execute(group) runs once, in the last of them.
template <class Execute>
void meetGroup(Worker& worker, Thread& thread, Warpgroup& group, uint64_t key, Execute execute) {
    if (group.arrived == 0) group.key = key;
    if (group.key != key) {
        failThread(worker, thread, "mismatch: this thread is in " + describe(key) + ", but " + std::to_string(group.arrived) + " threads of its warpgroup are in " +
                                       describe(group.key));
    }
    group.threads[thread.number % GROUP_THREADS] = &thread;
    if (++group.arrived < GROUP_THREADS) {
        waitForOthers(worker, thread);
        return;
    }
    group.arrived = 0;
    execute(group);
    for (Thread* other : group.threads) {
        if (other != &thread) makeRunnable(worker, *other);
    }
}

void checkCommitted(Worker& worker, const Warpgroup& group, unsigned line) {
    for (const unsigned committed : group.committed) {
        if (committed != group.committed[0]) refuse(worker, line, "the threads of the warpgroup have committed different numbers of groups");
    }
}

unsigned sumOf(Worker& worker, Warpgroup& group, Factors factors, unsigned columns, bool accumulate, unsigned line) {
    for (unsigned i = 0; i < group.sums.size(); ++i) {
        Sum& sum = group.sums[i];
        if (sum.under == 0 || sum.parts[0] != group.argument[0].d) continue;
        if (sum.columns != columns || sum.factors != factors) refuse(worker, line, "products of different shapes are under way on the same D");
        return i;
    }
    for (unsigned thread = 0; thread < GROUP_THREADS; ++thread) {
        if (!group.fenced[thread]) refuse(worker, line, "wgmma.fence must come before the first product on D, and thread " + std::to_string(thread) + " did not call it");
    }
    const Unwatched records;
    unsigned i = 0;
    while (i < group.sums.size() && group.sums[i].under != 0) ++i;
    if (i == group.sums.size()) group.sums.emplace_back();
    Sum& sum = group.sums[i];
    sum.columns = columns;
    sum.factors = factors;
    sum.d.resize(size_t{ROWS} * columns);
    for (unsigned thread = 0; thread < GROUP_THREADS; ++thread) {
        void* part = sum.parts[thread] = group.argument[thread].d;
        for (unsigned e = 0; e < columns / 2; ++e) {
            if (accumulate) memcpy(&sum.d[place(thread, e, columns)], element(part, e), sizeof(uint32_t));
            memset(element(part, e), 0xff, sizeof(uint32_t));
        }
    }
    return i;
}

void issue(Operation operation, Factors factors, void* d, unsigned columns, uint64_t a, uint64_t b, bool accumulate, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(operation, line, columns << 1 | static_cast<unsigned>(accumulate));
    Warpgroup& group = groupOf(worker, thread, key);
    group.argument[thread.number % GROUP_THREADS] = ProductArgument{d, a, b};
    meetGroup(worker, thread, group, key, [&](Warpgroup& whole) {
        for (const ProductArgument& argument : whole.argument) {
            if (argument.a != a || argument.b != b) refuse(worker, line, "the threads of the warpgroup give different descriptors");
        }
        checkCommitted(worker, whole, line);
        checkOperand(worker, decode(worker, a, "A", line), ROWS, "A", "was issued", line);
        checkOperand(worker, decode(worker, b, "B", line), columns, "B", "was issued", line);
        const unsigned sum = sumOf(worker, whole, factors, columns, accumulate, line);
        ++whole.sums[sum].under;
        const Unwatched records;
        whole.products.push_back(Product{a, b, columns, whole.committed[0], sum, line, factors, accumulate});
    });
}

}  // namespace

uint32_t sharedAddress(const void* shared) {
    Worker& worker = currentWorker();
    if (!insideShared(worker, shared, 1)) {
        failThread(worker, *worker.current, "an address for a matrix descriptor is not in the block's shared memory", ILLEGAL_ADDRESS);
    }
    return static_cast<uint32_t>(static_cast<const char*>(shared) - worker.shared) + BASE;
}

void wgmmaFence() {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    groupOf(worker, thread, meetKey(Operation::WgmmaF16, 0, 0)).fenced[thread.number % GROUP_THREADS] = true;
}

void wgmmaCommit() {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    ++groupOf(worker, thread, meetKey(Operation::WgmmaWait, 0, 0)).committed[thread.number % GROUP_THREADS];
}

void wgmmaF16(float* d, unsigned columns, uint64_t a, uint64_t b, bool accumulate, unsigned line) {
    issue(Operation::WgmmaF16, Factors::F16, d, columns, a, b, accumulate, line);
}

void wgmmaS8(int* d, unsigned columns, uint64_t a, uint64_t b, bool accumulate, unsigned line) {
    issue(Operation::WgmmaS8, Factors::S8, d, columns, a, b, accumulate, line);
}

void wgmmaWait(int groupsUnderWay, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(Operation::WgmmaWait, line, static_cast<unsigned>(groupsUnderWay));
    Warpgroup& group = groupOf(worker, thread, key);
    meetGroup(worker, thread, group, key, [&](Warpgroup& whole) {
        checkCommitted(worker, whole, line);
        const unsigned under = static_cast<unsigned>(groupsUnderWay), committed = whole.committed[0];
        size_t done = 0;
        while (done < whole.products.size() && whole.products[done].group + under < committed) {
            const Product product = whole.products[done++];
            execute(worker, whole, product);
            if (whole.sums[product.sum].under == 0) deliver(worker, whole.sums[product.sum], product.line);
        }
        const Unwatched records;
        whole.products.erase(whole.products.begin(), whole.products.begin() + static_cast<ptrdiff_t>(done));
        for (bool& fenced : whole.fenced) fenced = false;
    });
}

void setRegisters(unsigned count, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(Operation::SetRegisters, line, count);
    meetGroup(worker, thread, groupOf(worker, thread, key), key, [](Warpgroup&) {});
}

}  // namespace softcuda
