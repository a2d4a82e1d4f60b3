#include "tests/driver/fixture.h"
#include <thread>

namespace {

CUstreamCaptureStatus statusOf(CUstream stream) {
    CUstreamCaptureStatus status;
    OK(cuStreamIsCapturing(stream, &status));
    return status;
}

// Launches the graph once and forgets it.
void replay(CUgraph graph, CUstream stream) {
    CUgraphExec exec;
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    OK(cuGraphLaunch(exec, stream));
    OK(cuStreamSynchronize(stream));
    OK(cuGraphExecDestroy(exec));
    OK(cuGraphDestroy(graph));
}

// Begins a capture, makes a call that is forbidden meanwhile, and sees the capture spoilt.
template <class Call>
void forbidden(const Fixture& f, CUdeviceptr memory, CUresult expected, Call call) {
    CUstream s = f.stream(CU_STREAM_DEFAULT);
    CUgraph graph;
    OK(cuStreamBeginCapture_v2(s, CU_STREAM_CAPTURE_MODE_GLOBAL));
    EXPECT(expected, call(s));
    CHECK(statusOf(s) == CU_STREAM_CAPTURE_STATUS_INVALIDATED);
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuMemsetD8Async(memory, 0, 4, s));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(s, &graph));
    CHECK(graph == nullptr && statusOf(s) == CU_STREAM_CAPTURE_STATUS_NONE);
    OK(cuStreamDestroy_v2(s));
}

}  // namespace

TEST(captured_work_runs_when_the_graph_is_launched) {
    Fixture f;
    CUstream s = f.stream();
    int32_t* host = f.pinned<int32_t>(2);
    CUdeviceptr p = f.allocate(8);
    host[0] = 1, host[1] = 2;
    OK(cuStreamBeginCapture_v2(s, CU_STREAM_CAPTURE_MODE_GLOBAL));
    CHECK(statusOf(s) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
    OK(cuMemcpyHtoDAsync_v2(p, host, 8, s));
    OK(f.add(p, 2, 10, s));
    OK(cuMemcpyDtoHAsync_v2(host, p, 8, s));
    CUgraph graph;
    OK(cuStreamEndCapture(s, &graph));
    OK(cuCtxSynchronize());
    CHECK(host[0] == 1);  // nothing has run
    size_t count;
    OK(cuGraphGetNodes(graph, nullptr, &count));
    CHECK(count == 3);
    CUgraphExec exec;
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    for (int i = 0; i < 3; i++) OK(cuGraphLaunch(exec, s));
    OK(cuStreamSynchronize(s));
    CHECK(host[0] == 31 && host[1] == 32);
    OK(cuGraphExecDestroy(exec));
    OK(cuGraphDestroy(graph));
}

TEST(events_fork_and_join_streams) {
    Fixture f;
    CUstream a = f.stream(), b = f.stream();
    CUevent fork = f.event(CU_EVENT_DISABLE_TIMING), join = f.event(CU_EVENT_DISABLE_TIMING);
    CUdeviceptr p = f.allocate(12);
    OK(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
    OK(cuMemsetD32Async(p, 1, 3, a));
    OK(cuEventRecord(fork, a));
    OK(cuStreamWaitEvent(b, fork, 0));
    CHECK(statusOf(b) == CU_STREAM_CAPTURE_STATUS_ACTIVE);
    OK(f.add(p, 1, 10, a));
    OK(f.add(p + 4, 1, 20, b));
    OK(cuEventRecord(join, b));
    OK(cuStreamWaitEvent(a, join, 0));
    CUstreamCaptureStatus status;
    const CUgraphNode* tips;
    size_t count;
    OK(cuStreamGetCaptureInfo_v2(a, &status, nullptr, nullptr, &tips, &count));
    CHECK(count == 2);
    AddParams both{reinterpret_cast<int32_t*>(p), 2, 100};
    OK(f.launch("driver_add", both, a));
    CUgraph graph;
    OK(cuStreamEndCapture(a, &graph));
    CHECK(statusOf(b) == CU_STREAM_CAPTURE_STATUS_NONE);
    EXPECT(CUDA_ERROR_CAPTURED_EVENT, cuEventQuery(fork));
    for (uint64_t seed : {0, 7, 8}) {
        parasol_soft_seed(seed);
        CUgraph clone;
        OK(cuGraphClone(&clone, graph));
        replay(clone, b);
        CHECK(f.read(p, 3) == (std::vector<int32_t>{111, 121, 1}));
    }
    OK(cuGraphDestroy(graph));
    OK(cuEventRecord(fork, a));  // an event is free again once it is recorded outside
    OK(cuEventSynchronize(fork));
}

TEST(work_that_is_not_joined_is_an_error) {
    Fixture f;
    CUstream a = f.stream(), b = f.stream();
    CUevent fork = f.event(CU_EVENT_DISABLE_TIMING);
    CUdeviceptr p = f.allocate(4);
    CUgraph graph;
    OK(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
    OK(cuEventRecord(fork, a));
    OK(cuStreamWaitEvent(b, fork, 0));
    OK(cuMemsetD8Async(p, 0, 4, b));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, cuStreamEndCapture(b, &graph));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(a, &graph));
    OK(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
    OK(cuEventRecord(fork, a));
    OK(cuStreamWaitEvent(b, fork, 0));
    OK(cuMemsetD8Async(p, 0, 4, b));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(a, &graph));
    CHECK(graph == nullptr && parasol_soft_live("graphs") == 0);
}

TEST(what_a_gpu_forbids_during_a_capture_is_forbidden) {
    Fixture f;
    CUdeviceptr p = f.allocate(4), q;
    CUevent e = f.event();
    CUmodule m;
    char host[4];
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [](CUstream s) { return cuStreamSynchronize(s); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [](CUstream s) { return cuStreamQuery(s); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [](CUstream) { return cuCtxSynchronize(); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&](CUstream) { return cuMemAlloc_v2(&q, 4); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&](CUstream) { return cuMemFree_v2(p); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&](CUstream) { return cuModuleLoadData(&m, "// parasol stub\n"); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, [&](CUstream) { return cuEventSynchronize(e); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, [&](CUstream) { return cuMemcpyDtoH_v2(host, p, 4); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, [&](CUstream) { return cuMemsetD8_v2(p, 0, 4); });
    forbidden(f, p, CUDA_ERROR_STREAM_CAPTURE_ISOLATION, [&](CUstream s) { return cuStreamWaitEvent(s, e, 0); });
    CHECK(parasol_soft_live("graphs") == 0 && parasol_soft_live("allocations") == 1);
}

TEST(capture_modes_bind_threads_differently) {
    Fixture f;
    CUstream s = f.stream();
    CUgraph graph;
    auto elsewhere = [&] {
        CUresult result;
        std::thread([&] {
            cuCtxSetCurrent(f.context);
            CUdeviceptr p;
            result = cuMemAlloc_v2(&p, 4);
        }).join();
        return result;
    };
    OK(cuStreamBeginCapture_v2(s, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    OK(elsewhere());
    CUresult wrong;
    std::thread([&] {
        cuCtxSetCurrent(f.context);
        wrong = cuStreamEndCapture(s, &graph);
    }).join();
    CHECK(wrong == CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
    OK(cuStreamEndCapture(s, &graph));
    OK(cuGraphDestroy(graph));
    OK(cuStreamBeginCapture_v2(s, CU_STREAM_CAPTURE_MODE_RELAXED));
    f.allocate(4);
    OK(cuStreamEndCapture(s, &graph));
    OK(cuGraphDestroy(graph));
    OK(cuStreamBeginCapture_v2(s, CU_STREAM_CAPTURE_MODE_GLOBAL));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, elsewhere());
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(s, &graph));
    EXPECT(CUDA_ERROR_ILLEGAL_STATE, cuStreamEndCapture(s, &graph));
    EXPECT(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamBeginCapture_v2(nullptr, CU_STREAM_CAPTURE_MODE_GLOBAL));
}

TEST(a_destroyed_stream_takes_its_capture_along) {
    Fixture f;
    CUstream a = f.stream(), b = f.stream();
    CUevent fork = f.event(CU_EVENT_DISABLE_TIMING);
    OK(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
    OK(cuEventRecord(fork, a));
    OK(cuStreamWaitEvent(b, fork, 0));
    OK(cuStreamDestroy_v2(a));
    CHECK(statusOf(b) == CU_STREAM_CAPTURE_STATUS_NONE);
    f.allocate(4);  // no capture is left that would forbid it
}
