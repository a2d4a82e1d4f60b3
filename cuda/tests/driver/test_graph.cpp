#include "tests/driver/fixture.h"

namespace {

struct Replay {
    explicit Replay(CUgraph graph) : graph(graph) { OK(cuGraphInstantiateWithFlags(&exec, graph, 0)); }
    ~Replay() {
        cuGraphExecDestroy(exec);
        cuGraphDestroy(graph);
    }
    CUgraph graph;
    CUgraphExec exec;
};

CUDA_KERNEL_NODE_PARAMS kernelNode(CUfunction function, void** arguments, unsigned threads = 32) {
    return {function, 1, 1, 1, threads, 1, 1, 0, arguments, nullptr, nullptr, nullptr};
}

size_t nodesOf(CUgraph graph) {
    size_t count;
    OK(cuGraphGetNodes(graph, nullptr, &count));
    return count;
}

}  // namespace

TEST(a_graph_made_by_hand_runs_in_the_order_of_its_edges) {
    Fixture f;
    CUdeviceptr p = f.allocate(8);
    CUgraph graph;
    OK(cuGraphCreate(&graph, 0));
    CUDA_MEMSET_NODE_PARAMS fill{p, 0, 5, 4, 1, 1};
    AddParams add{reinterpret_cast<int32_t*>(p), 1, 10};
    void* arguments[] = {&add};
    CUDA_KERNEL_NODE_PARAMS kernel = kernelNode(f.function("driver_add"), arguments);
    CUDA_MEMCPY3D copy{};
    copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_DEVICE, copy.srcDevice = p, copy.dstDevice = p + 4;
    copy.WidthInBytes = 4, copy.Height = copy.Depth = 1;
    CUgraphNode copied, added, filled, end;
    // Made against the order in which they must run.
    OK(cuGraphAddMemcpyNode(&copied, graph, nullptr, 0, &copy, f.context));
    OK(cuGraphAddKernelNode_v2(&added, graph, nullptr, 0, &kernel));
    OK(cuGraphAddMemsetNode(&filled, graph, nullptr, 0, &fill, f.context));
    OK(cuGraphAddEmptyNode(&end, graph, &copied, 1));
    CUgraphNode from[] = {filled, added}, to[] = {added, copied};
    OK(cuGraphAddDependencies(graph, from, to, 2));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuGraphAddDependencies(graph, from, to, 1));
    CUgraphNodeType type;
    OK(cuGraphNodeGetType(added, &type));
    CHECK(type == CU_GRAPH_NODE_TYPE_KERNEL && nodesOf(graph) == 4);
    CUgraphNode roots[4];
    size_t count = 4;
    OK(cuGraphGetRootNodes(graph, roots, &count));
    CHECK(count == 1 && roots[0] == filled);
    OK(cuGraphNodeGetDependentNodes(copied, roots, &count));
    CHECK(count == 1 && roots[0] == end);
    count = 0;
    OK(cuGraphGetEdges(graph, nullptr, nullptr, &count));
    CHECK(count == 3);
    add.addend = 99;  // the node has its own copy
    Replay replay(graph);
    for (uint64_t seed : {0, 1, 2, 3}) {
        parasol_soft_seed(seed);
        OK(cuMemsetD32_v2(p, 0, 2));
        OK(cuGraphLaunch(replay.exec, nullptr));
        CHECK(f.read(p, 2) == (std::vector<int32_t>{15, 15}));
    }
    CUDA_KERNEL_NODE_PARAMS back;
    OK(cuGraphKernelNodeGetParams_v2(added, &back));
    CHECK(back.func == kernel.func && back.blockDimX == 32 && static_cast<AddParams*>(back.kernelParams[0])->addend == 10);
}

TEST(a_circle_is_refused) {
    Fixture f;
    CUgraph graph;
    CUgraphNode a, b;
    CUgraphExec exec;
    OK(cuGraphCreate(&graph, 0));
    OK(cuGraphAddEmptyNode(&a, graph, nullptr, 0));
    OK(cuGraphAddEmptyNode(&b, graph, &a, 1));
    OK(cuGraphAddDependencies(graph, &b, &a, 1));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuGraphInstantiateWithFlags(&exec, graph, 0));
    OK(cuGraphRemoveDependencies(graph, &b, &a, 1));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    OK(cuGraphExecDestroy(exec));
    OK(cuGraphDestroy(graph));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuGraphDestroy(graph));
    CUgraphNodeType type;
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuGraphNodeGetType(a, &type));
}

TEST(parameters_of_an_instantiated_graph_change_for_later_launches_only) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    CUgraph graph;
    OK(cuGraphCreate(&graph, 0));
    AddParams add{reinterpret_cast<int32_t*>(p), 1, 1};
    void* arguments[] = {&add};
    CUDA_KERNEL_NODE_PARAMS kernel = kernelNode(f.function("driver_add"), arguments);
    CUgraphNode node;
    OK(cuGraphAddKernelNode_v2(&node, graph, nullptr, 0, &kernel));
    Replay replay(graph);
    CUstream s = f.stream();
    OK(cuMemsetD32Async(p, 0, 1, s));
    OK(cuGraphLaunch(replay.exec, s));
    add.addend = 10;
    OK(cuGraphExecKernelNodeSetParams_v2(replay.exec, node, &kernel));
    OK(cuGraphLaunch(replay.exec, s));
    OK(cuStreamSynchronize(s));
    CHECK(f.first(p) == 11);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuGraphExecKernelNodeSetParams_v2(replay.exec, reinterpret_cast<CUgraphNode>(&add), &kernel));
    // A whole update, from another graph of the same shape.
    CUgraph other;
    OK(cuGraphCreate(&other, 0));
    add.addend = 100;
    OK(cuGraphAddKernelNode_v2(&node, other, nullptr, 0, &kernel));
    CUgraphExecUpdateResultInfo info;
    OK(cuGraphExecUpdate_v2(replay.exec, other, &info));
    OK(cuGraphLaunch(replay.exec, s));
    OK(cuStreamSynchronize(s));
    CHECK(f.first(p) == 111);
    OK(cuGraphAddEmptyNode(&node, other, nullptr, 0));
    EXPECT(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate_v2(replay.exec, other, &info));
    CHECK(info.result == 2);
    OK(cuGraphDestroy(other));
}

TEST(clones_children_and_host_nodes) {
    Fixture f;
    CUgraph child, graph, clone;
    CUgraphNode node, childNode, found;
    int calls = 0;
    OK(cuGraphCreate(&child, 0));
    CUDA_HOST_NODE_PARAMS call{[](void* p) { ++*static_cast<int*>(p); }, &calls};
    OK(cuGraphAddHostNode(&node, child, nullptr, 0, &call));
    OK(cuGraphClone(&clone, child));
    OK(cuGraphNodeFindInClone(&found, node, clone));
    CHECK(found != node && nodesOf(clone) == 1);
    OK(cuGraphCreate(&graph, 0));
    OK(cuGraphAddChildGraphNode(&childNode, graph, nullptr, 0, child));
    OK(cuGraphAddChildGraphNode(&childNode, graph, &childNode, 1, clone));
    OK(cuGraphDestroy(child));  // copied already
    OK(cuGraphDestroy(clone));
    Replay replay(graph);
    OK(cuGraphLaunch(replay.exec, nullptr));
    OK(cuGraphLaunch(replay.exec, nullptr));
    OK(cuCtxSynchronize());
    CHECK(calls == 4);
}

TEST(a_graph_outlives_what_it_was_made_from) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    CUgraph graph;
    CUgraphExec exec;
    OK(cuGraphCreate(&graph, 0));
    AddParams add{reinterpret_cast<int32_t*>(p), 1, 3};
    void* arguments[] = {&add};
    CUDA_KERNEL_NODE_PARAMS kernel = kernelNode(f.function("driver_add"), arguments);
    CUgraphNode node;
    OK(cuGraphAddKernelNode_v2(&node, graph, nullptr, 0, &kernel));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    OK(cuGraphDestroy(graph));
    OK(cuMemsetD32_v2(p, 0, 1));
    OK(cuGraphLaunch(exec, nullptr));
    OK(cuGraphExecDestroy(exec));  // while queued
    CHECK(f.first(p) == 3);
    CHECK(parasol_soft_live("graphs") == 0 && parasol_soft_live("graph_execs") == 0);
}

TEST(a_graph_that_uses_freed_memory_faults) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    CUgraph graph;
    OK(cuGraphCreate(&graph, 0));
    CUDA_MEMSET_NODE_PARAMS fill{p, 0, 5, 4, 1, 1};
    CUgraphNode node;
    OK(cuGraphAddMemsetNode(&node, graph, nullptr, 0, &fill, nullptr));
    Replay replay(graph);
    OK(cuMemFree_v2(p));
    OK(cuGraphLaunch(replay.exec, nullptr));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}
