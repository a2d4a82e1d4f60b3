#include "softcuda/engine_meet.h"

namespace softcuda {

namespace {

void checkMask(Worker& worker, const Thread& thread, uint64_t key, unsigned mask) {
    const Warp& warp = *thread.warp;
    if (!(mask >> thread.lane & 1)) {
        failThread(worker, thread, describe(key) + ": the mask names lanes " + laneList(mask) + ", not the calling lane");
    }
    if (mask & ~warp.lanes) {
        failThread(worker, thread, describe(key) + ": the mask names lanes " + laneList(mask & ~warp.lanes) + ", which the block does not have");
    }
    if (mask & ~warp.alive) {
        failThread(worker, thread, describe(key) + ": the mask names lanes " + laneList(mask & ~warp.alive) + ", which have ended");
    }
}

}  // namespace

Meet& openMeet(Worker& worker, Thread& thread, uint64_t key, unsigned mask) {
    Warp& warp = *thread.warp;
    checkMask(worker, thread, key, mask);
    Meet& meet = warp.meet[warp.meets++];
    meet = Meet{key, mask, 0};
    return meet;
}

Meet& joinAmongOthers(Worker& worker, Thread& thread, uint64_t key, unsigned mask) {
    Warp& warp = *thread.warp;
    const unsigned self = 1u << thread.lane;
    checkMask(worker, thread, key, mask);
    for (unsigned i = 0; i < warp.meets; ++i) {
        Meet& meet = warp.meet[i];
        if (meet.key == key && meet.mask == mask) return meet;
        // They wait for this lane and this lane would wait for them: neither could ever go on.
        if ((meet.mask & self) && (mask & meet.arrived)) {
            failThread(worker, thread, "mismatch: this lane is in " + describe(key) + " with lanes " + laneList(mask) + ", but lanes " +
                                           laneList(meet.arrived) + " wait for it in " + describe(meet.key) + " with lanes " + laneList(meet.mask));
        }
    }
    return openMeet(worker, thread, key, mask);
}

void letGo(Worker& worker, Thread& thread, Meet& meet) {
    Warp& warp = *thread.warp;
    unsigned slots = 0;
    if (meet.mask == warp.lanes) {
        slots = meet.mask;  // all lanes: all slots
    } else {
        forEachLane(meet.mask, [&](unsigned lane) { slots |= 1u << warp.slotOfLane[lane]; });
    }
    slots &= ~(1u << thread.slot);
    meet = warp.meet[--warp.meets];
    warp.runnable |= slots;
    if (slots != 0) worker.ready |= warp.bit;
}

}  // namespace softcuda
