// wgmma: the last thread of a warpgroup to come issues a product for all; it is carried out at the wait.
//
// Descriptors and swizzles are decoded as the PTX manual defines them for K-major operands. Sums run over k ascending,
// one fp32 rounding per term.
#include <immintrin.h>
#include <string.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_meet.h"
#include "softcuda/engine_sanitizer.h"

namespace softcuda {

namespace {

constexpr unsigned ROWS = 64, DEPTH = 16;
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
    if (operand.pitch != CHUNK && operand.address % operand.pitch + 2 * DEPTH > operand.pitch) {
        refuse(worker, line, std::string(name) + " has its 16 columns in two rows of the swizzle");
    }
    return operand;
}

// Where columns 8 chunk .. 8 chunk + 7 of a row lie.
const char* chunkAt(Worker& worker, const Operand& operand, unsigned row, unsigned chunk) {
    uint32_t address = operand.address + row / 8 * operand.stride + row % 8 * operand.pitch;
    address += operand.pitch == CHUNK ? chunk * operand.leading : chunk * CHUNK;
    address ^= address >> 3 & (operand.pitch - CHUNK);
    return worker.shared + (address - BASE);
}

void checkOperand(Worker& worker, const Operand& operand, unsigned rows, const char* name, const char* when, unsigned line) {
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned chunk = 0; chunk < 2; ++chunk) {
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

// rows x 16 halves as fp32; `transposed` puts [k][row] instead of [row][k].
void load(Worker& worker, const Operand& operand, unsigned rows, bool transposed, float* values) {
    for (unsigned row = 0; row < rows; ++row) {
        alignas(32) float line[DEPTH];
        for (unsigned chunk = 0; chunk < 2; ++chunk) {
            const __m128i halves = _mm_load_si128(reinterpret_cast<const __m128i*>(chunkAt(worker, operand, row, chunk)));
            _mm256_store_ps(line + 8 * chunk, _mm256_cvtph_ps(halves));
        }
        for (unsigned k = 0; k < DEPTH; ++k) values[transposed ? k * rows + row : row * DEPTH + k] = line[k];
    }
}

// Four rows by sixteen columns at a time, their sums in registers.
void multiply(float* d, const float* a, const float* b, unsigned columns) {
    for (unsigned row = 0; row < ROWS; row += 4) {
        for (unsigned column = 0; column < columns; column += 16) {
            __m256 sum[4][2];
            for (unsigned i = 0; i < 4; ++i) {
                for (unsigned j = 0; j < 2; ++j) sum[i][j] = _mm256_loadu_ps(d + (row + i) * columns + column + 8 * j);
            }
            for (unsigned k = 0; k < DEPTH; ++k) {
                const __m256 left = _mm256_loadu_ps(b + k * columns + column), right = _mm256_loadu_ps(b + k * columns + column + 8);
                for (unsigned i = 0; i < 4; ++i) {
                    const __m256 x = _mm256_broadcast_ss(a + (row + i) * DEPTH + k);
                    sum[i][0] = _mm256_fmadd_ps(x, left, sum[i][0]);
                    sum[i][1] = _mm256_fmadd_ps(x, right, sum[i][1]);
                }
            }
            for (unsigned i = 0; i < 4; ++i) {
                for (unsigned j = 0; j < 2; ++j) _mm256_storeu_ps(d + (row + i) * columns + column + 8 * j, sum[i][j]);
            }
        }
    }
}

// What each warp reads is read in the eyes of its first thread, which goes on behind its own wait only.
void noteOperands([[maybe_unused]] Worker& worker, [[maybe_unused]] const Warpgroup& group, [[maybe_unused]] const Operand& a,
                  [[maybe_unused]] const Operand& b, [[maybe_unused]] unsigned columns) {
#ifdef PARASOL_TSAN
    for (unsigned warp = 0; warp < 4; ++warp) {
        becomeFiber(group.threads[LANES * warp]->tsanFiber);
        for (unsigned row = 16 * warp; row < 16 * warp + 16; ++row) {
            for (unsigned chunk = 0; chunk < 2; ++chunk) noteRead(chunkAt(worker, a, row, chunk), CHUNK);
        }
        for (unsigned row = 0; row < columns; ++row) {
            for (unsigned chunk = 0; chunk < 2; ++chunk) noteRead(chunkAt(worker, b, row, chunk), CHUNK);
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

uint32_t bits(float x) {
    uint32_t word;
    memcpy(&word, &x, sizeof(word));
    return word;
}

void execute(Worker& worker, Warpgroup& group, const Product& product) {
    const Operand a = decode(worker, product.a, "A", product.line), b = decode(worker, product.b, "B", product.line);
    checkOperand(worker, a, ROWS, "A", "was carried out", product.line);
    checkOperand(worker, b, product.columns, "B", "was carried out", product.line);
    noteOperands(worker, group, a, b, product.columns);
    const Unwatched records;
    static thread_local float left[ROWS * DEPTH], right[DEPTH * 256];
    load(worker, a, ROWS, false, left);
    load(worker, b, product.columns, true, right);
    Sum& sum = group.sums[product.sum];
    if (!product.accumulate) memset(sum.d.data(), 0, sum.d.size() * sizeof(float));
    multiply(sum.d.data(), left, right, product.columns);
    --sum.under;
}

// Gives the threads their parts of D back, where nothing may have been written meanwhile.
void deliver(Worker& worker, Sum& sum, unsigned line) {
    for (unsigned thread = 0; thread < GROUP_THREADS; ++thread) {
        float* part = sum.parts[thread];
        for (unsigned i = 0; i < sum.columns / 2; ++i) {
            if (bits(part[i]) != ~0u) refuse(worker, line, "thread " + std::to_string(thread) + " of the warpgroup wrote to D while products on it were under way");
            part[i] = sum.d[place(thread, i, sum.columns)];
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

unsigned sumOf(Worker& worker, Warpgroup& group, unsigned columns, bool accumulate, unsigned line) {
    for (unsigned i = 0; i < group.sums.size(); ++i) {
        Sum& sum = group.sums[i];
        if (sum.under == 0 || sum.parts[0] != group.argument[0].d) continue;
        if (sum.columns != columns) refuse(worker, line, "products of different shapes are under way on the same D");
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
    sum.d.resize(size_t{ROWS} * columns);
    for (unsigned thread = 0; thread < GROUP_THREADS; ++thread) {
        float* part = sum.parts[thread] = group.argument[thread].d;
        for (unsigned e = 0; e < columns / 2; ++e) {
            if (accumulate) sum.d[place(thread, e, columns)] = part[e];
            memset(part + e, 0xff, sizeof(float));
        }
    }
    return i;
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
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uint64_t key = meetKey(Operation::WgmmaF16, line, columns << 1 | static_cast<unsigned>(accumulate));
    Warpgroup& group = groupOf(worker, thread, key);
    group.argument[thread.number % GROUP_THREADS] = ProductArgument{d, a, b};
    meetGroup(worker, thread, group, key, [&](Warpgroup& whole) {
        for (const ProductArgument& argument : whole.argument) {
            if (argument.a != a || argument.b != b) refuse(worker, line, "the threads of the warpgroup give different descriptors");
        }
        checkCommitted(worker, whole, line);
        checkOperand(worker, decode(worker, a, "A", line), ROWS, "A", "was issued", line);
        checkOperand(worker, decode(worker, b, "B", line), columns, "B", "was issued", line);
        const unsigned sum = sumOf(worker, whole, columns, accumulate, line);
        ++whole.sums[sum].under;
        const Unwatched records;
        whole.products.push_back(Product{a, b, columns, whole.committed[0], sum, line, accumulate});
    });
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
