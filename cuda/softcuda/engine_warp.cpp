// Shuffles, votes, reductions and the warp barrier.
#include "softcuda/device_warp.h"

#include "softcuda/engine_meet.h"
#include "softcuda/engine_sanitizer.h"

namespace softcuda {

namespace {

// Only __syncwarp orders memory among the lanes; the other operations exchange registers.
void orderMemory([[maybe_unused]] Warp& warp, [[maybe_unused]] unsigned mask) {
#ifdef PARASOL_TSAN
    void* self = __tsan_get_current_fiber();
    for (int pass = 0; pass < 2; ++pass) {
        forEachLane(mask, [&](unsigned lane) {
            becomeFiber(warp.threads[warp.slotOfLane[lane]].tsanFiber);
            if (pass == 0) releaseTo(&warp.meet[0]);
            if (pass == 1) acquireFrom(&warp.meet[0]);
        });
    }
    becomeFiber(self);
#endif
}

// The lane that a shuffle reads, by the rules of the CUDA C++ guide: a source outside the lane's own section of
// `width` lanes means its own value, except that Index wraps.
inline unsigned sourceLane(Shuffle kind, unsigned lane, int operand, unsigned width) {
    const unsigned begin = lane & ~(width - 1);
    const unsigned place = lane - begin;
    switch (kind) {
        case Shuffle::Index: return begin + (static_cast<unsigned>(operand) & (width - 1));
        case Shuffle::Up: return place < static_cast<unsigned>(operand) ? lane : lane - static_cast<unsigned>(operand);
        case Shuffle::Down: return place + static_cast<unsigned>(operand) >= width ? lane : lane + static_cast<unsigned>(operand);
        case Shuffle::Xor: {
            // An xor may also read from a section before its own.
            const unsigned source = lane ^ static_cast<unsigned>(operand);
            return source >= begin + width ? lane : source;
        }
    }
    return lane;
}

unsigned combine(Reduction kind, unsigned a, unsigned b) {
    const int x = static_cast<int>(a), y = static_cast<int>(b);
    switch (kind) {
        case Reduction::Add:
        case Reduction::AddUnsigned: return a + b;
        case Reduction::Min: return x < y ? a : b;
        case Reduction::MinUnsigned: return a < b ? a : b;
        case Reduction::Max: return x > y ? a : b;
        case Reduction::MaxUnsigned: return a > b ? a : b;
        case Reduction::And: return a & b;
        case Reduction::Or: return a | b;
        case Reduction::Xor: return a ^ b;
    }
    return a;
}

}  // namespace

void warpBarrier(unsigned mask, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    meetLanes(worker, thread, meetKey(Operation::SyncWarp, line, 0), mask, [](Warp& warp, unsigned lanes) { orderMemory(warp, lanes); });
}

uint64_t shuffle(Shuffle kind, unsigned mask, uint64_t value, int operand, int width, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    Warp& warp = *thread.warp;
    const unsigned lane = thread.lane;
    const uint64_t key = meetKey(Operation::Shuffle, line, static_cast<unsigned>(kind) << 8 | static_cast<unsigned>(width & 0xff));
    if (__builtin_expect(width < 1 || width > LANES || (width & (width - 1)) != 0, 0)) {
        failThread(worker, thread, describe(key) + ": width " + std::to_string(width) + " is not a power of two up to 32");
    }
    const unsigned source = sourceLane(kind, lane, operand, static_cast<unsigned>(width)) & (LANES - 1);
    if (__builtin_expect(!(mask >> source & 1), 0)) {
        failThread(worker, thread, describe(key) + ": reads from lane " + std::to_string(source) + ", which the mask does not name");
    }
    warp.value[lane] = value;
    // Where each lane reads is kept beside its value, since the last one answers for all.
    warp.fragments[lane].d = reinterpret_cast<void*>(static_cast<uintptr_t>(source));
    meetLanes(worker, thread, key, mask, [](Warp& w, unsigned lanes) {
        forEachLane(lanes, [&](unsigned i) { w.result[i] = w.value[reinterpret_cast<uintptr_t>(w.fragments[i].d)]; });
    });
    return warp.result[lane];
}

unsigned vote(Vote kind, unsigned mask, bool predicate, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    Warp& warp = *thread.warp;
    warp.value[thread.lane] = predicate;
    meetLanes(worker, thread, meetKey(Operation::Vote, line, static_cast<unsigned>(kind) << 8), mask, [kind](Warp& w, unsigned lanes) {
        unsigned ballot = 0;
        forEachLane(lanes, [&](unsigned i) { ballot |= static_cast<unsigned>(w.value[i]) << i; });
        const unsigned answer = kind == Vote::Ballot ? ballot : kind == Vote::Any ? ballot != 0 : ballot == lanes;
        forEachLane(lanes, [&](unsigned i) { w.result[i] = answer; });
    });
    return static_cast<unsigned>(warp.result[thread.lane]);
}

unsigned reduce(Reduction kind, unsigned mask, unsigned value, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    Warp& warp = *thread.warp;
    warp.value[thread.lane] = value;
    meetLanes(worker, thread, meetKey(Operation::Reduce, line, static_cast<unsigned>(kind) << 8), mask, [kind](Warp& w, unsigned lanes) {
        unsigned answer = static_cast<unsigned>(w.value[__builtin_ctz(lanes)]);
        forEachLane(lanes & (lanes - 1), [&](unsigned i) { answer = combine(kind, answer, static_cast<unsigned>(w.value[i])); });
        forEachLane(lanes, [&](unsigned i) { w.result[i] = answer; });
    });
    return static_cast<unsigned>(warp.result[thread.lane]);
}

}  // namespace softcuda
