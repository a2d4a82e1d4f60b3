// Executable graphs: instantiated, updated, launched.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_graph.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_launch.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

enum : uint64_t { kUploadFlag = 2, kKnownFlags = 1 | 2 | 8 };  // free on launch, upload, node priorities
enum : int { kUpdated = 0, kTopologyChanged = 2, kTypeChanged = 3 };

CUresult instantiate(CUgraphExec* out, CUgraph handle, uint64_t flags) {
    if (!out || (flags & ~kKnownFlags)) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Graph> graph = state().graphs.find(handle);
    std::shared_ptr<const Plan> plan = graph ? makePlan(*graph) : nullptr;
    if (!plan) return CUDA_ERROR_INVALID_VALUE;
    *out = state().execs.add(std::make_shared<GraphExec>(GraphExec{current(), plan, {nullptr, 0}}));
    return CUDA_SUCCESS;
}

template <class Visit>
void visitEvents(const Plan& plan, const Visit& visit) {
    for (const Step& step : plan.steps) {
        if (auto* child = std::get_if<ChildWork>(step.work.get())) visitEvents(*child->plan, visit);
        if (auto* record = std::get_if<RecordWork>(step.work.get())) visit(*record->event, true);
        if (auto* wait = std::get_if<WaitWork>(step.work.get())) visit(*wait->event, false);
    }
}

// Puts other work of the same kind in a node's place; launches that are queued keep the old.
CUresult replace(CUgraphExec handle, CUgraphNode node, Work work) {
    std::shared_ptr<GraphExec> exec = state().execs.find(handle);
    if (!exec) return CUDA_ERROR_INVALID_HANDLE;
    auto plan = std::make_shared<Plan>(*exec->plan);
    for (Step& step : plan->steps) {
        if (step.node != node) continue;
        if (typeOf(*step.work) != typeOf(work)) return CUDA_ERROR_INVALID_VALUE;
        step.work = std::make_shared<const Work>(std::move(work));
        exec->plan = plan;
        return CUDA_SUCCESS;
    }
    return CUDA_ERROR_INVALID_VALUE;
}

CUresult update(CUgraphExec handle, CUgraph graphHandle, int* result, CUgraphNode* errorNode) {
    Lock lock(state().mutex);
    std::shared_ptr<GraphExec> exec = state().execs.find(handle);
    std::shared_ptr<Graph> graph = state().graphs.find(graphHandle);
    std::shared_ptr<const Plan> fresh = graph ? makePlan(*graph) : nullptr;
    if (!exec || !fresh) return CUDA_ERROR_INVALID_VALUE;
    *result = kTopologyChanged;
    if (fresh->steps.size() != exec->plan->steps.size()) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
    auto plan = std::make_shared<Plan>(*exec->plan);
    for (size_t i = 0; i < plan->steps.size(); i++) {
        const Step& changed = fresh->steps[i];
        Step& step = plan->steps[i];
        *errorNode = changed.node;
        if (step.after != changed.after) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
        if (typeOf(*step.work) != typeOf(*changed.work)) return *result = kTypeChanged, CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
        step.work = changed.work;
    }
    *errorNode = nullptr;
    *result = kUpdated;
    exec->plan = plan;
    return CUDA_SUCCESS;
}

std::shared_ptr<Context> contextOr(CUcontext handle) { return handle ? state().contexts.find(handle) : current(); }

}  // namespace

PARASOL_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, unsigned long long flags) {
    PARASOL_ENTER(cuGraphInstantiateWithFlags, kHealthy);
    return instantiate(out, graph, flags);
}

PARASOL_API CUresult cuGraphInstantiate_v2(CUgraphExec* out, CUgraph graph, CUgraphNode* errorNode, char* log, size_t logBytes) {
    PARASOL_ENTER(cuGraphInstantiate_v2, kHealthy);
    if (errorNode) *errorNode = nullptr;
    if (log && logBytes > 0) *log = 0;
    return instantiate(out, graph, 0);
}

PARASOL_API CUresult cuGraphInstantiateWithParams(CUgraphExec* out, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) {
    PARASOL_ENTER(cuGraphInstantiateWithParams, kHealthy);
    if (!parameters) return CUDA_ERROR_INVALID_VALUE;
    CUresult result = instantiate(out, graph, parameters->flags);
    parameters->hErrNode_out = nullptr;
    parameters->result_out = result ? 1 : 0;
    return result;
}

PARASOL_API CUresult cuGraphExecDestroy(CUgraphExec handle) {
    PARASOL_ENTER(cuGraphExecDestroy, kDriver);
    Lock lock(state().mutex);
    if (!state().execs.find(handle)) return CUDA_ERROR_INVALID_VALUE;
    state().execs.remove(handle);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphUpload(CUgraphExec handle, CUstream streamHandle) {
    PARASOL_ENTER(cuGraphUpload, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, streamHandle);
    if (!state().execs.find(handle) || !stream) return CUDA_ERROR_INVALID_HANDLE;
    return refuseCaptured(lock, *stream);
}

// Launches of one executable graph follow each other, whatever their streams.
PARASOL_API CUresult cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
    PARASOL_ENTER(cuGraphLaunch, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<GraphExec> exec = state().execs.find(handle);
    std::shared_ptr<Stream> stream = findStream(lock, streamHandle);
    if (!exec || !stream || exec->context->device != stream->context->device) return CUDA_ERROR_INVALID_HANDLE;
    auto work = std::make_shared<const Work>(ChildWork{exec->plan});
    if (stream->capture) return addToCapture(lock, *stream, work);
    if (CUresult refused = refuseImplicitCapture(lock, *stream)) return refused;
    std::vector<Dependency> after;
    if (exec->lastLaunch.stream) after.push_back(exec->lastLaunch);
    visitEvents(*exec->plan, [&](const Event& event, bool record) {
        if (!record && event.last) after.push_back(event.last->point);
    });
    exec->lastLaunch = {stream, issue(lock, stream, work, std::move(after))};
    visitEvents(*exec->plan, [&](Event& event, bool record) {
        if (!record) return;
        event.last = std::make_shared<Moment>(Moment{exec->lastLaunch, {}});
        event.capture.reset();
        event.tips.clear();
    });
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* parameters) {
    PARASOL_ENTER(cuGraphExecKernelNodeSetParams_v2, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context = parameters ? contextOr(parameters->ctx) : nullptr;
    KernelWork work;
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = makeKernel(lock, *parameters, *context, &work)) return refused;
    return replace(exec, node, std::move(work));
}

PARASOL_API CUresult cuGraphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_MEMCPY3D* shape, CUcontext handle) {
    PARASOL_ENTER(cuGraphExecMemcpyNodeSetParams, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context = contextOr(handle);
    if (!shape || !context) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = checkCopy(*shape, *context)) return refused;
    return replace(exec, node, CopyWork{*shape, nullptr});
}

PARASOL_API CUresult cuGraphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS* shape, CUcontext handle) {
    PARASOL_ENTER(cuGraphExecMemsetNodeSetParams, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context = contextOr(handle);
    if (!shape || !context) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = checkFill(*shape, *context)) return refused;
    return replace(exec, node, FillWork{*shape});
}

PARASOL_API CUresult cuGraphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_HOST_NODE_PARAMS* call) {
    PARASOL_ENTER(cuGraphExecHostNodeSetParams, kHealthy);
    if (!call || !call->fn) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    return replace(exec, node, HostWork{*call});
}

PARASOL_API CUresult cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent handle) {
    PARASOL_ENTER(cuGraphExecEventRecordNodeSetEvent, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Event> event = state().events.find(handle);
    return event ? replace(exec, node, RecordWork{event, nullptr}) : CUDA_ERROR_INVALID_HANDLE;
}

PARASOL_API CUresult cuGraphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent handle) {
    PARASOL_ENTER(cuGraphExecEventWaitNodeSetEvent, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Event> event = state().events.find(handle);
    return event ? replace(exec, node, WaitWork{event}) : CUDA_ERROR_INVALID_HANDLE;
}

PARASOL_API CUresult cuGraphExecUpdate_v2(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo* info) {
    PARASOL_ENTER(cuGraphExecUpdate_v2, kHealthy);
    if (!info) return CUDA_ERROR_INVALID_VALUE;
    *info = {};
    return update(exec, graph, &info->result, &info->errorNode);
}
