// How the lanes of a warp meet for an operation. The last lane to come executes it for all.
#pragma once
#include "softcuda/engine_state.h"

namespace softcuda {

constexpr uint64_t meetKey(Operation operation, unsigned line, unsigned details) {
    return static_cast<uint64_t>(line) << 32 | static_cast<uint64_t>(operation) << 24 | details;
}

// engine_meet.cpp: finds or opens the meet when it is not the only open one.
Meet& joinAmongOthers(Worker& worker, Thread& thread, uint64_t key, unsigned mask);
Meet& openMeet(Worker& worker, Thread& thread, uint64_t key, unsigned mask);
// Closes the meet and makes its lanes runnable, but for the thread that goes on itself.
void letGo(Worker& worker, Thread& thread, Meet& meet);

// Waits until all lanes of `mask` have come with the same key; execute(warp, mask) runs once, in the last of them.
// What a lane brings must be in the warp's record before, at the lane's own place.
template <class Execute>
inline void meetLanes(Worker& worker, Thread& thread, uint64_t key, unsigned mask, Execute execute) {
    Warp& warp = *thread.warp;
    Meet* meet = &warp.meet[0];
    if (warp.meets == 0) {
        meet = &openMeet(worker, thread, key, mask);
    } else if (__builtin_expect(warp.meets != 1 || meet->key != key || meet->mask != mask || !(mask >> thread.lane & 1), 0)) {
        meet = &joinAmongOthers(worker, thread, key, mask);
    }
    meet->arrived |= 1u << thread.lane;
    if (meet->arrived != mask) {
        waitForOthers(worker, thread);
        return;
    }
    execute(warp, mask);
    letGo(worker, thread, *meet);
}

// Calls visit(lane) for each lane of the mask, ascending.
template <class Visit>
inline void forEachLane(unsigned mask, Visit visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<unsigned>(__builtin_ctz(mask)));
}

}  // namespace softcuda
