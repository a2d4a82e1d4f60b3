// Lazy streams: work is queued, and runs when somebody waits for it. A wait for one stream runs only what that stream's
// work depends on, so that a missing event wait shows as data that is not there yet.
#pragma once
#include "softcuda/driver_state.h"

namespace softcuda::driver {

// Queues work; returns its ticket. The order between the legacy stream and blocking streams is added here.
uint64_t issue(Lock&, const std::shared_ptr<Stream>&, std::shared_ptr<const Work>, std::vector<Dependency> after = {});

// Runs at most one operation towards the ticket; true when the ticket was complete already.
bool advance(Lock&, const std::shared_ptr<Stream>&, uint64_t ticket);

// Runs all that the ticket needs. Returns the context's sticky error, as every wait does.
CUresult finish(Lock&, const std::shared_ptr<Stream>&, uint64_t ticket);

// Finishes every stream of the context, in an order that the seed shuffles.
CUresult drain(Lock&, Context&);

// Queues the work, or adds it to the graph when the stream is capturing. The way of every asynchronous call.
CUresult submit(Lock&, const std::shared_ptr<Stream>&, Work);

}  // namespace softcuda::driver
