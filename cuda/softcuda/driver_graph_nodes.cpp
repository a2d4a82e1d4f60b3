// Nodes of graphs: added, read and changed, by the kind of their work.
#include "softcuda/driver_api.h"
#include "softcuda/driver_graph.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_launch.h"

using namespace softcuda::driver;

namespace {

std::shared_ptr<const Work> share(Work work) { return std::make_shared<const Work>(std::move(work)); }

CUresult add(Lock& lock, CUgraphNode* out, CUgraph handle, const CUgraphNode* dependencies, size_t count, std::shared_ptr<const Work> work) {
    std::shared_ptr<Graph> graph;
    std::vector<Node*> before;
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = findGraph(lock, handle, dependencies, count, &graph, &before)) return refused;
    *out = addNode(*graph, std::move(before), std::move(work));
    return CUDA_SUCCESS;
}

std::shared_ptr<Context> contextOr(CUcontext handle) { return handle ? state().contexts.find(handle) : current(); }

CUresult copyOf(const CUDA_MEMCPY3D* shape, CUcontext handle, std::shared_ptr<const Work>* work) {
    std::shared_ptr<Context> context = contextOr(handle);
    if (!shape || !context) return CUDA_ERROR_INVALID_VALUE;
    *work = share(CopyWork{*shape, nullptr});
    return checkCopy(*shape, *context);
}

CUresult fillOf(const CUDA_MEMSET_NODE_PARAMS* shape, CUcontext handle, std::shared_ptr<const Work>* work) {
    std::shared_ptr<Context> context = contextOr(handle);
    if (!shape || !context) return CUDA_ERROR_INVALID_VALUE;
    *work = share(FillWork{*shape});
    return checkFill(*shape, *context);
}

CUresult recordOf(CUevent handle, std::shared_ptr<const Work>* work) {
    std::shared_ptr<Event> event = state().events.find(handle);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    *work = share(RecordWork{event, nullptr});
    return CUDA_SUCCESS;
}

CUresult waitOf(CUevent handle, std::shared_ptr<const Work>* work) {
    std::shared_ptr<Event> event = state().events.find(handle);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    *work = share(WaitWork{event});
    return CUDA_SUCCESS;
}

CUresult kernelOf(Lock& lock, const CUDA_KERNEL_NODE_PARAMS* parameters, std::shared_ptr<const Work>* work) {
    std::shared_ptr<Context> context = parameters ? contextOr(parameters->ctx) : nullptr;
    KernelWork kernel;
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = makeKernel(lock, *parameters, *context, &kernel)) return refused;
    *work = share(std::move(kernel));
    return CUDA_SUCCESS;
}

/* *out = what `get` finds in the node's work, which is a Kind. */
template <typename Kind, typename Value, typename Get>
CUresult read(CUgraphNode handle, CUgraphNodeType type, Value* out, Get get) {
    Lock lock(state().mutex);
    Node* node;
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = findNode(lock, handle, type, &node)) return refused;
    *out = get(std::get<Kind>(*node->work));
    return CUDA_SUCCESS;
}

/* The node does what `make` makes from now on; when that is refused, it stays as it was. */
template <typename Make>
CUresult replace(CUgraphNode handle, CUgraphNodeType type, Make make) {
    Lock lock(state().mutex);
    Node* node;
    std::shared_ptr<const Work> work;
    if (CUresult refused = findNode(lock, handle, type, &node)) return refused;
    if (CUresult refused = make(&work)) return refused;
    node->work = work;
    return CUDA_SUCCESS;
}

}  // namespace

PARASOL_API CUresult cuGraphAddKernelNode_v2(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_KERNEL_NODE_PARAMS* parameters) {
    PARASOL_ENTER(cuGraphAddKernelNode_v2, kContext);
    Lock lock(state().mutex);
    std::shared_ptr<const Work> work;
    if (CUresult refused = kernelOf(lock, parameters, &work)) return refused;
    return add(lock, out, graph, dependencies, count, work);
}

// The pointers handed out live as long as the node keeps these parameters.
PARASOL_API CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* out) {
    PARASOL_ENTER(cuGraphKernelNodeGetParams_v2, kDriver);
    Lock lock(state().mutex);
    Node* node;
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = findNode(lock, handle, CU_GRAPH_NODE_TYPE_KERNEL, &node)) return refused;
    const KernelWork& work = std::get<KernelWork>(*node->work);
    const softcuda::LaunchConfig& c = work.config;
    node->parameters = const_cast<void*>(work.parameters.data());
    *out = {work.function.get(), c.grid.x, c.grid.y, c.grid.z, c.block.x, c.block.y, c.block.z, unsigned(c.dynamicShared), &node->parameters, nullptr, nullptr, nullptr};
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode handle, const CUDA_KERNEL_NODE_PARAMS* parameters) {
    PARASOL_ENTER(cuGraphKernelNodeSetParams_v2, kContext);
    Lock lock(state().mutex);
    Node* node;
    if (CUresult refused = findNode(lock, handle, CU_GRAPH_NODE_TYPE_KERNEL, &node)) return refused;
    return kernelOf(lock, parameters, &node->work);
}

PARASOL_API CUresult cuGraphAddMemcpyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_MEMCPY3D* shape, CUcontext context) {
    PARASOL_ENTER(cuGraphAddMemcpyNode, kContext);
    Lock lock(state().mutex);
    std::shared_ptr<const Work> work;
    if (CUresult refused = copyOf(shape, context, &work)) return refused;
    return add(lock, out, graph, dependencies, count, work);
}

PARASOL_API CUresult cuGraphMemcpyNodeGetParams(CUgraphNode handle, CUDA_MEMCPY3D* out) {
    PARASOL_ENTER(cuGraphMemcpyNodeGetParams, kDriver);
    return read<CopyWork>(handle, CU_GRAPH_NODE_TYPE_MEMCPY, out, [](const CopyWork& work) { return work.shape; });
}

PARASOL_API CUresult cuGraphMemcpyNodeSetParams(CUgraphNode handle, const CUDA_MEMCPY3D* shape) {
    PARASOL_ENTER(cuGraphMemcpyNodeSetParams, kContext);
    return replace(handle, CU_GRAPH_NODE_TYPE_MEMCPY, [=](std::shared_ptr<const Work>* work) { return copyOf(shape, nullptr, work); });
}

PARASOL_API CUresult cuGraphAddMemsetNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_MEMSET_NODE_PARAMS* shape, CUcontext context) {
    PARASOL_ENTER(cuGraphAddMemsetNode, kContext);
    Lock lock(state().mutex);
    std::shared_ptr<const Work> work;
    if (CUresult refused = fillOf(shape, context, &work)) return refused;
    return add(lock, out, graph, dependencies, count, work);
}

PARASOL_API CUresult cuGraphMemsetNodeGetParams(CUgraphNode handle, CUDA_MEMSET_NODE_PARAMS* out) {
    PARASOL_ENTER(cuGraphMemsetNodeGetParams, kDriver);
    return read<FillWork>(handle, CU_GRAPH_NODE_TYPE_MEMSET, out, [](const FillWork& work) { return work.shape; });
}

PARASOL_API CUresult cuGraphMemsetNodeSetParams(CUgraphNode handle, const CUDA_MEMSET_NODE_PARAMS* shape) {
    PARASOL_ENTER(cuGraphMemsetNodeSetParams, kContext);
    return replace(handle, CU_GRAPH_NODE_TYPE_MEMSET, [=](std::shared_ptr<const Work>* work) { return fillOf(shape, nullptr, work); });
}

PARASOL_API CUresult cuGraphAddHostNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_HOST_NODE_PARAMS* call) {
    PARASOL_ENTER(cuGraphAddHostNode, kDriver);
    if (!call || !call->fn) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    return add(lock, out, graph, dependencies, count, share(HostWork{*call}));
}

PARASOL_API CUresult cuGraphHostNodeGetParams(CUgraphNode handle, CUDA_HOST_NODE_PARAMS* out) {
    PARASOL_ENTER(cuGraphHostNodeGetParams, kDriver);
    return read<HostWork>(handle, CU_GRAPH_NODE_TYPE_HOST, out, [](const HostWork& work) { return work.call; });
}

PARASOL_API CUresult cuGraphHostNodeSetParams(CUgraphNode handle, const CUDA_HOST_NODE_PARAMS* call) {
    PARASOL_ENTER(cuGraphHostNodeSetParams, kDriver);
    if (!call || !call->fn) return CUDA_ERROR_INVALID_VALUE;
    return replace(handle, CU_GRAPH_NODE_TYPE_HOST, [=](std::shared_ptr<const Work>* work) {
        *work = share(HostWork{*call});
        return CUDA_SUCCESS;
    });
}

PARASOL_API CUresult cuGraphAddEmptyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count) {
    PARASOL_ENTER(cuGraphAddEmptyNode, kDriver);
    Lock lock(state().mutex);
    return add(lock, out, graph, dependencies, count, share(EmptyWork{}));
}

// The child is copied as it is now.
PARASOL_API CUresult cuGraphAddChildGraphNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUgraph childHandle) {
    PARASOL_ENTER(cuGraphAddChildGraphNode, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> child = state().graphs.find(childHandle);
    std::shared_ptr<const Plan> plan = child ? makePlan(*child) : nullptr;
    if (!plan || graph == childHandle) return CUDA_ERROR_INVALID_VALUE;
    return add(lock, out, graph, dependencies, count, share(ChildWork{plan}));
}

PARASOL_API CUresult cuGraphAddEventRecordNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUevent handle) {
    PARASOL_ENTER(cuGraphAddEventRecordNode, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<const Work> work;
    if (CUresult refused = recordOf(handle, &work)) return refused;
    return add(lock, out, graph, dependencies, count, work);
}

PARASOL_API CUresult cuGraphEventRecordNodeGetEvent(CUgraphNode handle, CUevent* out) {
    PARASOL_ENTER(cuGraphEventRecordNodeGetEvent, kDriver);
    return read<RecordWork>(handle, CU_GRAPH_NODE_TYPE_EVENT_RECORD, out, [](const RecordWork& work) { return CUevent(work.event.get()); });
}

PARASOL_API CUresult cuGraphEventRecordNodeSetEvent(CUgraphNode handle, CUevent eventHandle) {
    PARASOL_ENTER(cuGraphEventRecordNodeSetEvent, kDriver);
    return replace(handle, CU_GRAPH_NODE_TYPE_EVENT_RECORD, [=](std::shared_ptr<const Work>* work) { return recordOf(eventHandle, work); });
}

PARASOL_API CUresult cuGraphAddEventWaitNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUevent handle) {
    PARASOL_ENTER(cuGraphAddEventWaitNode, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<const Work> work;
    if (CUresult refused = waitOf(handle, &work)) return refused;
    return add(lock, out, graph, dependencies, count, work);
}

PARASOL_API CUresult cuGraphEventWaitNodeGetEvent(CUgraphNode handle, CUevent* out) {
    PARASOL_ENTER(cuGraphEventWaitNodeGetEvent, kDriver);
    return read<WaitWork>(handle, CU_GRAPH_NODE_TYPE_WAIT_EVENT, out, [](const WaitWork& work) { return CUevent(work.event.get()); });
}

PARASOL_API CUresult cuGraphEventWaitNodeSetEvent(CUgraphNode handle, CUevent eventHandle) {
    PARASOL_ENTER(cuGraphEventWaitNodeSetEvent, kDriver);
    return replace(handle, CU_GRAPH_NODE_TYPE_WAIT_EVENT, [=](std::shared_ptr<const Work>* work) { return waitOf(eventHandle, work); });
}
