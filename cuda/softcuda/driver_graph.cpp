// Graphs as a whole: made, cloned, taken apart, and the edges between their nodes.
#include "softcuda/driver_graph.h"
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"

namespace softcuda::driver {

Node* addNode(Graph& graph, std::vector<Node*> dependencies, std::shared_ptr<const Work> work) {
    graph.nodes.push_back(std::make_unique<Node>(Node{&graph, std::move(work), std::move(dependencies), nullptr}));
    Node* node = graph.nodes.back().get();
    state().nodes[node] = &graph;
    return node;
}

void dropNodes(Graph& graph) {
    for (const auto& node : graph.nodes) state().nodes.erase(node.get());
    graph.nodes.clear();
}

std::shared_ptr<const Plan> makePlan(const Graph& graph) {
    auto plan = std::make_shared<Plan>();
    std::map<const Node*, unsigned> position;
    bool progress = true;
    while (progress && plan->steps.size() < graph.nodes.size()) {
        progress = false;
        for (const auto& node : graph.nodes) {
            if (position.count(node.get())) continue;
            Step step{node.get(), node->work, {}};
            for (const Node* before : node->dependencies)
                if (position.count(before)) step.after.push_back(position[before]);
            if (step.after.size() < node->dependencies.size()) continue;
            position[node.get()] = unsigned(plan->steps.size());
            plan->steps.push_back(std::move(step));
            progress = true;
        }
    }
    if (!progress) return nullptr;
    return plan;
}

CUgraphNodeType typeOf(const Work& work) {
    if (std::holds_alternative<KernelWork>(work)) return CU_GRAPH_NODE_TYPE_KERNEL;
    if (std::holds_alternative<CopyWork>(work)) return CU_GRAPH_NODE_TYPE_MEMCPY;
    if (std::holds_alternative<FillWork>(work)) return CU_GRAPH_NODE_TYPE_MEMSET;
    if (std::holds_alternative<HostWork>(work)) return CU_GRAPH_NODE_TYPE_HOST;
    if (std::holds_alternative<ChildWork>(work)) return CU_GRAPH_NODE_TYPE_GRAPH;
    if (std::holds_alternative<WaitWork>(work)) return CU_GRAPH_NODE_TYPE_WAIT_EVENT;
    if (std::holds_alternative<RecordWork>(work)) return CU_GRAPH_NODE_TYPE_EVENT_RECORD;
    return CU_GRAPH_NODE_TYPE_EMPTY;
}

CUresult findGraph(Lock&, CUgraph handle, const CUgraphNode* dependencies, size_t count, std::shared_ptr<Graph>* graph, std::vector<Node*>* nodes) {
    *graph = state().graphs.find(handle);
    if (!*graph || (count > 0 && !dependencies)) return CUDA_ERROR_INVALID_VALUE;
    for (size_t i = 0; i < count; i++) {
        auto found = state().nodes.find(dependencies[i]);
        if (found == state().nodes.end() || found->second != handle) return CUDA_ERROR_INVALID_VALUE;
        if (std::find(nodes->begin(), nodes->end(), dependencies[i]) != nodes->end()) return CUDA_ERROR_INVALID_VALUE;
        nodes->push_back(dependencies[i]);
    }
    return CUDA_SUCCESS;
}

CUresult findNode(Lock&, CUgraphNode handle, CUgraphNodeType type, Node** node) {
    if (!state().nodes.count(handle) || typeOf(*handle->work) != type) return CUDA_ERROR_INVALID_VALUE;
    *node = handle;
    return CUDA_SUCCESS;
}

namespace {

// The driver's way to return lists: with a null array only the count, else as many as fit. A GPU's driver fills the rest
// of the array with null; here the rest is left alone, since JCuda passes a count that it never set.
CUresult list(const std::vector<Node*>& nodes, CUgraphNode* out, size_t* count) {
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    *count = out ? std::min(*count, nodes.size()) : nodes.size();
    if (out) std::copy_n(nodes.begin(), *count, out);
    return CUDA_SUCCESS;
}

template <class Predicate>
std::vector<Node*> nodesWhere(const Graph& graph, Predicate predicate) {
    std::vector<Node*> result;
    for (const auto& node : graph.nodes)
        if (predicate(*node)) result.push_back(node.get());
    return result;
}

bool depends(const Node& node, const Node* on) { return std::find(node.dependencies.begin(), node.dependencies.end(), on) != node.dependencies.end(); }

CUresult checkEdges(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to, size_t count, bool present) {
    if (count > 0 && (!from || !to)) return CUDA_ERROR_INVALID_VALUE;
    auto member = [&](CUgraphNode node) {
        auto found = state().nodes.find(node);
        return found != state().nodes.end() && found->second == graph;
    };
    for (size_t i = 0; i < count; i++)
        if (!member(from[i]) || !member(to[i]) || from[i] == to[i] || depends(*to[i], from[i]) != present) return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS;
}

}  // namespace

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API CUresult cuGraphCreate(CUgraph* out, unsigned flags) {
    PARASOL_ENTER(cuGraphCreate, kDriver);
    if (!out || flags) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    *out = state().graphs.add(std::make_shared<Graph>());
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphDestroy(CUgraph handle) {
    PARASOL_ENTER(cuGraphDestroy, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> graph = state().graphs.find(handle);
    if (!graph) return CUDA_ERROR_INVALID_VALUE;
    dropNodes(*graph);
    state().graphs.remove(handle);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphClone(CUgraph* out, CUgraph handle) {
    PARASOL_ENTER(cuGraphClone, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Graph> source = state().graphs.find(handle);
    if (!source) return CUDA_ERROR_INVALID_VALUE;
    auto clone = std::make_shared<Graph>();
    std::map<Node*, Node*> copies;
    for (const auto& node : source->nodes) {
        copies[node.get()] = addNode(*clone, {}, node->work);
        copies[node.get()]->original = node.get();
    }
    for (const auto& node : source->nodes)
        for (Node* before : node->dependencies) copies[node.get()]->dependencies.push_back(copies[before]);
    *out = state().graphs.add(clone);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphNodeFindInClone(CUgraphNode* out, CUgraphNode original, CUgraph handle) {
    PARASOL_ENTER(cuGraphNodeFindInClone, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> clone = state().graphs.find(handle);
    if (!out || !clone) return CUDA_ERROR_INVALID_VALUE;
    std::vector<Node*> found = nodesWhere(*clone, [&](const Node& node) { return node.original == original; });
    if (!original || found.empty()) return CUDA_ERROR_INVALID_VALUE;
    *out = found[0];
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphDestroyNode(CUgraphNode handle) {
    PARASOL_ENTER(cuGraphDestroyNode, kDriver);
    Lock lock(state().mutex);
    auto found = state().nodes.find(handle);
    if (found == state().nodes.end()) return CUDA_ERROR_INVALID_VALUE;
    auto& nodes = found->second->nodes;
    state().nodes.erase(found);
    for (const auto& node : nodes) {
        auto& before = node->dependencies;
        before.erase(std::remove(before.begin(), before.end(), handle), before.end());
    }
    nodes.erase(std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.get() == handle; }));
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphAddDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to, size_t count) {
    PARASOL_ENTER(cuGraphAddDependencies, kDriver);
    Lock lock(state().mutex);
    if (CUresult refused = checkEdges(graph, from, to, count, false)) return refused;
    for (size_t i = 0; i < count; i++) to[i]->dependencies.push_back(from[i]);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphRemoveDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to, size_t count) {
    PARASOL_ENTER(cuGraphRemoveDependencies, kDriver);
    Lock lock(state().mutex);
    if (CUresult refused = checkEdges(graph, from, to, count, true)) return refused;
    for (size_t i = 0; i < count; i++) {
        auto& before = to[i]->dependencies;
        before.erase(std::find(before.begin(), before.end(), from[i]));
    }
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
    PARASOL_ENTER(cuGraphGetNodes, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> graph = state().graphs.find(handle);
    if (!graph) return CUDA_ERROR_INVALID_VALUE;
    return list(nodesWhere(*graph, [](const Node&) { return true; }), nodes, count);
}

PARASOL_API CUresult cuGraphGetRootNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
    PARASOL_ENTER(cuGraphGetRootNodes, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> graph = state().graphs.find(handle);
    if (!graph) return CUDA_ERROR_INVALID_VALUE;
    return list(nodesWhere(*graph, [](const Node& node) { return node.dependencies.empty(); }), nodes, count);
}

PARASOL_API CUresult cuGraphGetEdges(CUgraph handle, CUgraphNode* from, CUgraphNode* to, size_t* count) {
    PARASOL_ENTER(cuGraphGetEdges, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Graph> graph = state().graphs.find(handle);
    if (!graph || !count || !from != !to) return CUDA_ERROR_INVALID_VALUE;
    std::vector<Node*> starts, ends;
    for (const auto& node : graph->nodes)
        for (Node* before : node->dependencies) {
            starts.push_back(before);
            ends.push_back(node.get());
        }
    size_t room = *count;
    list(starts, from, &room);
    return list(ends, to, count);
}

PARASOL_API CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType* type) {
    PARASOL_ENTER(cuGraphNodeGetType, kDriver);
    Lock lock(state().mutex);
    if (!type || !state().nodes.count(node)) return CUDA_ERROR_INVALID_VALUE;
    *type = typeOf(*node->work);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuGraphNodeGetDependencies(CUgraphNode node, CUgraphNode* dependencies, size_t* count) {
    PARASOL_ENTER(cuGraphNodeGetDependencies, kDriver);
    Lock lock(state().mutex);
    if (!state().nodes.count(node)) return CUDA_ERROR_INVALID_VALUE;
    return list(node->dependencies, dependencies, count);
}

PARASOL_API CUresult cuGraphNodeGetDependentNodes(CUgraphNode node, CUgraphNode* dependents, size_t* count) {
    PARASOL_ENTER(cuGraphNodeGetDependentNodes, kDriver);
    Lock lock(state().mutex);
    if (!state().nodes.count(node)) return CUDA_ERROR_INVALID_VALUE;
    return list(nodesWhere(*node->graph, [&](const Node& other) { return depends(other, node); }), dependents, count);
}
