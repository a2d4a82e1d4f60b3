// Units of work: what a stream operation or a graph node does when its turn comes.
#pragma once
#include <memory>
#include <variant>
#include <vector>
#include "softcuda/driver_types.h"
#include "softcuda/engine.h"

namespace softcuda::driver {

struct Moment;
struct Plan;

// A by-value parameter struct, copied at the launch; aligned as the strictest struct in use wants it.
class Parameters {
public:
    Parameters() = default;
    Parameters(const void* source, size_t bytes);
    const void* data() const { return lines_.data(); }
    size_t bytes() const { return bytes_; }
    // Calls visit(uintptr_t) for each aligned 8-byte word: any of them may be an address.
    template <class Visit>
    void words(Visit visit) const {
        const uintptr_t* word = reinterpret_cast<const uintptr_t*>(lines_.data());
        for (size_t i = 0; i < bytes_ / sizeof(uintptr_t); i++) visit(word[i]);
    }

private:
    struct alignas(64) Line { char bytes[64]; };
    std::vector<Line> lines_;
    size_t bytes_ = 0;
};

struct KernelWork { std::shared_ptr<Function> function; LaunchConfig config; Parameters parameters; };
struct CopyWork { CUDA_MEMCPY3D shape; std::shared_ptr<const std::vector<char>> staged; };  // staged: a copied pageable source
struct FillWork { CUDA_MEMSET_NODE_PARAMS shape; };
struct HostWork { CUDA_HOST_NODE_PARAMS call; };
struct CallbackWork { CUstreamCallback callback; CUstream stream; void* userData; };
struct FreeWork { CUdeviceptr address; };
struct EmptyWork {};
struct ChildWork { std::shared_ptr<const Plan> plan; };
struct RecordWork { std::shared_ptr<Event> event; std::shared_ptr<Moment> moment; };  // moment null: in a graph, the event's latest
struct WaitWork { std::shared_ptr<Event> event; };  // in a graph; the launch itself waits

using Work = std::variant<KernelWork, CopyWork, FillWork, HostWork, CallbackWork, FreeWork, EmptyWork, ChildWork, RecordWork, WaitWork>;

// A graph made ready to run: nodes in an order in which each comes after those it depends on.
struct Step { Node* node; std::shared_ptr<const Work> work; std::vector<unsigned> after; };
struct Plan { std::vector<Step> steps; };

// Runs one piece of work to its end, without any lock held. A failure becomes the context's sticky error.
CUresult run(const Work& work, Context& context);

// Checks what can be checked when the work is handed in: addresses and shapes.
CUresult checkCopy(const CUDA_MEMCPY3D& shape, const Context& context);
CUresult checkFill(const CUDA_MEMSET_NODE_PARAMS& shape, const Context& context);

}  // namespace softcuda::driver
