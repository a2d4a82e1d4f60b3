#include "tests/driver/fixture.h"
#include <atomic>
#include <thread>

TEST(work_is_done_when_somebody_waits_and_not_before) {
    Fixture f;
    CUstream s = f.stream();
    int32_t* host = f.pinned<int32_t>(4);
    CUdeviceptr p = f.allocate(16);
    for (int i = 0; i < 4; i++) host[i] = i;
    OK(cuMemcpyHtoDAsync_v2(p, host, 16, s));
    host[3] = 30;  // pinned memory is read when the copy runs
    OK(f.add(p, 4, 100, s));
    OK(cuStreamSynchronize(s));
    OK(cuMemcpyDtoHAsync_v2(host, p, 16, s));
    CHECK(host[0] == -1);  // poison until the wait
    OK(cuStreamSynchronize(s));
    CHECK(host[0] == 100 && host[3] == 130);
}

TEST(pageable_memory_is_staged) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr p = f.allocate(16);
    int32_t in[4] = {1, 2, 3, 4}, out[4] = {};
    OK(cuMemcpyHtoDAsync_v2(p, in, 16, s));
    in[0] = 99;  // too late
    OK(f.add(p, 4, 10, s));
    OK(cuMemcpyDtoHAsync_v2(out, p, 16, s));  // waits
    CHECK(out[0] == 11 && out[3] == 14);
}

TEST(a_target_is_not_poisoned_while_queued_work_wants_it) {
    Fixture f;
    CUstream s = f.stream();
    int32_t* host = f.pinned<int32_t>(4);
    CUdeviceptr p = f.allocate(16);
    for (int i = 0; i < 4; i++) host[i] = i;
    OK(cuMemcpyHtoDAsync_v2(p, host, 16, s));
    OK(f.add(p, 4, 1, s));
    OK(cuMemcpyDtoHAsync_v2(host, p, 16, s));
    OK(cuStreamSynchronize(s));
    CHECK(host[0] == 1 && host[3] == 4);
}

TEST(streams_do_not_wait_for_each_other_without_an_event) {
    Fixture f;
    CUstream a = f.stream(), b = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32_v2(p, 1, 1));
    OK(cuCtxSynchronize());
    OK(f.add(p, 1, 10, a));
    int32_t* host = f.pinned<int32_t>(2);
    OK(cuMemcpyDtoHAsync_v2(host, p, 4, b));
    OK(cuStreamSynchronize(b));
    CHECK(host[0] == 1);  // the addition has not run
    CUevent e = f.event(CU_EVENT_DISABLE_TIMING);
    OK(cuEventRecord(e, a));
    OK(cuStreamWaitEvent(b, e, 0));
    OK(cuMemcpyDtoHAsync_v2(host + 1, p, 4, b));
    OK(cuStreamSynchronize(b));
    CHECK(host[1] == 11);
}

TEST(waiting_for_an_event_means_its_record_at_that_time) {
    Fixture f;
    CUstream a = f.stream(), b = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32_v2(p, 0, 1));
    OK(cuCtxSynchronize());
    CUevent e = f.event();
    OK(cuStreamWaitEvent(b, e, 0));  // never recorded: no wait
    OK(f.add(p, 1, 1, a));
    OK(cuEventRecord(e, a));
    OK(cuStreamWaitEvent(b, e, 0));
    OK(f.add(p, 1, 10, a));
    OK(cuEventRecord(e, a));
    int32_t* host = f.pinned<int32_t>(1);
    OK(cuMemcpyDtoHAsync_v2(host, p, 4, b));
    OK(cuStreamSynchronize(b));
    CHECK(host[0] == 1);
    EXPECT(CUDA_ERROR_NOT_READY, cuEventQuery(e));
    OK(cuEventSynchronize(e));
    CHECK(f.first(p) == 11);
}

TEST(the_legacy_stream_is_ordered_with_blocking_streams_only) {
    Fixture f;
    CUstream blocking = f.stream(CU_STREAM_DEFAULT), free = f.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr p = f.allocate(8);
    OK(cuMemsetD32_v2(p, 0, 2));
    OK(cuCtxSynchronize());
    OK(f.add(p, 1, 1, blocking));
    OK(f.add(p + 4, 1, 1, free));
    std::vector<int32_t> v = f.read(p, 2);  // in the legacy stream
    CHECK(v[0] == 1 && v[1] == 0);
    OK(f.add(p, 1, 10));
    int32_t* host = f.pinned<int32_t>(1);
    OK(cuMemcpyDtoHAsync_v2(host, p, 4, blocking));
    OK(cuStreamSynchronize(blocking));
    CHECK(host[0] == 11);
}

TEST(queries_answer_not_ready_until_all_is_done) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32Async(p, 0, 1, s));
    for (int i = 0; i < 3; i++) OK(f.add(p, 1, 1, s));
    int queries = 0;
    while (cuStreamQuery(s) == CUDA_ERROR_NOT_READY) queries++;
    CHECK(queries == 4);
    OK(cuStreamQuery(s));
    CHECK(f.first(p) == 3);
}

TEST(events_tell_the_time_between_them) {
    Fixture f;
    CUstream s = f.stream();
    CUevent a = f.event(), b = f.event(), untimed = f.event(CU_EVENT_DISABLE_TIMING);
    float ms = -1;
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, a, b));
    OK(cuEventRecord(a, s));
    OK(cuLaunchHostFunc(s, [](void*) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }, nullptr));
    OK(cuEventRecord(b, s));
    OK(cuEventRecord(untimed, s));
    EXPECT(CUDA_ERROR_NOT_READY, cuEventElapsedTime(&ms, a, b));
    OK(cuEventSynchronize(b));
    OK(cuEventElapsedTime(&ms, a, b));
    CHECK(ms >= 20 && ms < 2000, "%f", double(ms));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&ms, a, untimed));
    OK(cuEventDestroy_v2(a));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuEventQuery(a));
}

TEST(host_functions_run_in_order_and_may_not_call_cuda) {
    Fixture f;
    CUstream s = f.stream();
    struct Log { std::vector<int> order; CUresult inside; } log;
    OK(cuLaunchHostFunc(s, [](void* p) { auto& l = *static_cast<Log*>(p); l.order.push_back(1); l.inside = cuCtxSynchronize(); }, &log));
    OK(cuStreamAddCallback(s, [](CUstream, CUresult, void* p) { static_cast<Log*>(p)->order.push_back(2); }, &log, 0));
    CHECK(log.order.empty());
    OK(cuStreamSynchronize(s));
    CHECK(log.order == (std::vector<int>{1, 2}) && log.inside == CUDA_ERROR_NOT_PERMITTED);
}

TEST(a_failed_kernel_is_known_at_the_wait_and_stays) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(f.launch("driver_store", StoreParams{reinterpret_cast<int32_t*>(64), 1, 0}, s));
    OK(f.add(p, 1, 1, s));  // not known yet
    harness::captureStderr([&] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamSynchronize(s)); });
    CUdeviceptr q;
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemAlloc_v2(&q, 4));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemFree_v2(p));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemsetD8Async(p, 0, 4, s));
    EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamQuery(nullptr));
    Fixture fresh;  // another context works
    CUdeviceptr r = fresh.allocate(4);
    OK(cuMemsetD32_v2(r, 4, 1));
    CHECK(fresh.first(r) == 4);
}

TEST(a_full_queue_runs_instead_of_growing) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32Async(p, 0, 1, s));
    for (int i = 0; i < 3000; i++) OK(cuMemsetD32Async(p, unsigned(i), 1, s));
    OK(cuStreamSynchronize(s));
    CHECK(f.first(p) == 2999);
}

TEST(stale_streams_are_found_out) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32Async(p, 8, 1, s));
    OK(cuStreamDestroy_v2(s));  // its work is done first
    CHECK(f.first(p) == 8);
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuStreamSynchronize(s));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuStreamDestroy_v2(s));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuStreamDestroy_v2(nullptr));
}

TEST(threads_share_a_context) {
    Fixture f;
    constexpr int kThreads = 4, kRounds = 50;
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < kThreads; t++)
        threads.emplace_back([&, t] {
            OK(cuCtxSetCurrent(f.context));
            CUstream s = f.stream();
            CUevent e = f.event(CU_EVENT_DISABLE_TIMING);
            int32_t* host = f.pinned<int32_t>(1);
            for (int i = 0; i < kRounds; i++) {
                CUdeviceptr p = f.allocate(4096);
                OK(cuMemsetD32Async(p, unsigned(i), 1024, s));
                OK(f.add(p, 1024, t, s));
                OK(cuMemcpyDtoHAsync_v2(host, p + 4092, 4, s));
                OK(cuEventRecord(e, s));
                OK(cuEventSynchronize(e));
                if (*host != i + t) wrong++;
                OK(cuMemFree_v2(p));
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0 && parasol_soft_live("allocations") == 0);
}
