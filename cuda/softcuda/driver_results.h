// Every CUresult of the driver API with its value and a description. cuGetErrorName and cuGetErrorString read this
// table, and the enum is made from it.
#pragma once

#define PARASOL_CUDA_RESULTS(X) \
    X(CUDA_SUCCESS, 0, "no error") \
    X(CUDA_ERROR_INVALID_VALUE, 1, "invalid argument") \
    X(CUDA_ERROR_OUT_OF_MEMORY, 2, "out of memory") \
    X(CUDA_ERROR_NOT_INITIALIZED, 3, "the driver is not initialized: call cuInit first") \
    X(CUDA_ERROR_DEINITIALIZED, 4, "the driver is shutting down") \
    X(CUDA_ERROR_PROFILER_DISABLED, 5, "profiler disabled") \
    X(CUDA_ERROR_PROFILER_NOT_INITIALIZED, 6, "profiler not initialized") \
    X(CUDA_ERROR_PROFILER_ALREADY_STARTED, 7, "profiler already started") \
    X(CUDA_ERROR_PROFILER_ALREADY_STOPPED, 8, "profiler already stopped") \
    X(CUDA_ERROR_STUB_LIBRARY, 34, "a stub library was loaded in place of the driver") \
    X(CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER, 36, "the call needs a newer driver") \
    X(CUDA_ERROR_DEVICE_UNAVAILABLE, 46, "device busy or unavailable") \
    X(CUDA_ERROR_NO_DEVICE, 100, "no CUDA device") \
    X(CUDA_ERROR_INVALID_DEVICE, 101, "invalid device ordinal") \
    X(CUDA_ERROR_DEVICE_NOT_LICENSED, 102, "device without a valid licence") \
    X(CUDA_ERROR_INVALID_IMAGE, 200, "invalid kernel image") \
    X(CUDA_ERROR_INVALID_CONTEXT, 201, "invalid device context") \
    X(CUDA_ERROR_CONTEXT_ALREADY_CURRENT, 202, "context already current") \
    X(CUDA_ERROR_MAP_FAILED, 205, "mapping failed") \
    X(CUDA_ERROR_UNMAP_FAILED, 206, "unmapping failed") \
    X(CUDA_ERROR_ARRAY_IS_MAPPED, 207, "array is mapped") \
    X(CUDA_ERROR_ALREADY_MAPPED, 208, "resource already mapped") \
    X(CUDA_ERROR_NO_BINARY_FOR_GPU, 209, "no kernel image for this device") \
    X(CUDA_ERROR_ALREADY_ACQUIRED, 210, "resource already acquired") \
    X(CUDA_ERROR_NOT_MAPPED, 211, "resource not mapped") \
    X(CUDA_ERROR_NOT_MAPPED_AS_ARRAY, 212, "resource not mapped as an array") \
    X(CUDA_ERROR_NOT_MAPPED_AS_POINTER, 213, "resource not mapped as a pointer") \
    X(CUDA_ERROR_ECC_UNCORRECTABLE, 214, "uncorrectable ECC error") \
    X(CUDA_ERROR_UNSUPPORTED_LIMIT, 215, "limit not supported by the device") \
    X(CUDA_ERROR_CONTEXT_ALREADY_IN_USE, 216, "context in use by another thread") \
    X(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED, 217, "peer access not supported between these devices") \
    X(CUDA_ERROR_INVALID_PTX, 218, "invalid PTX") \
    X(CUDA_ERROR_INVALID_GRAPHICS_CONTEXT, 219, "invalid graphics context") \
    X(CUDA_ERROR_NVLINK_UNCORRECTABLE, 220, "uncorrectable NVLink error") \
    X(CUDA_ERROR_JIT_COMPILER_NOT_FOUND, 221, "PTX compiler library not found") \
    X(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, 222, "PTX version too new for this driver") \
    X(CUDA_ERROR_JIT_COMPILATION_DISABLED, 223, "PTX compilation disabled") \
    X(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY, 224, "execution affinity not supported") \
    X(CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC, 225, "device-side synchronization not supported") \
    X(CUDA_ERROR_CONTAINED, 226, "contained memory error") \
    X(CUDA_ERROR_INVALID_SOURCE, 300, "invalid device kernel source") \
    X(CUDA_ERROR_FILE_NOT_FOUND, 301, "file not found") \
    X(CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND, 302, "symbol not found in shared object") \
    X(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, 303, "shared object failed to initialize") \
    X(CUDA_ERROR_OPERATING_SYSTEM, 304, "an operating system call failed") \
    X(CUDA_ERROR_INVALID_HANDLE, 400, "invalid resource handle") \
    X(CUDA_ERROR_ILLEGAL_STATE, 401, "resource in a state that forbids the operation") \
    X(CUDA_ERROR_LOSSY_QUERY, 402, "the query would lose information") \
    X(CUDA_ERROR_NOT_FOUND, 500, "named symbol not found") \
    X(CUDA_ERROR_NOT_READY, 600, "device not ready") \
    X(CUDA_ERROR_ILLEGAL_ADDRESS, 700, "an illegal memory access was encountered") \
    X(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, 701, "too many resources requested for launch") \
    X(CUDA_ERROR_LAUNCH_TIMEOUT, 702, "the launch timed out and was terminated") \
    X(CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING, 703, "launch with an incompatible texturing mode") \
    X(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, 704, "peer access already enabled") \
    X(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, 705, "peer access not enabled") \
    X(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE, 708, "the primary context is active") \
    X(CUDA_ERROR_CONTEXT_IS_DESTROYED, 709, "the context is destroyed") \
    X(CUDA_ERROR_ASSERT, 710, "device-side assert triggered") \
    X(CUDA_ERROR_TOO_MANY_PEERS, 711, "peer resources exhausted") \
    X(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, 712, "host memory already registered") \
    X(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, 713, "host memory not registered") \
    X(CUDA_ERROR_HARDWARE_STACK_ERROR, 714, "hardware stack error") \
    X(CUDA_ERROR_ILLEGAL_INSTRUCTION, 715, "an illegal instruction was encountered") \
    X(CUDA_ERROR_MISALIGNED_ADDRESS, 716, "misaligned address") \
    X(CUDA_ERROR_INVALID_ADDRESS_SPACE, 717, "operation on the wrong address space") \
    X(CUDA_ERROR_INVALID_PC, 718, "invalid program counter") \
    X(CUDA_ERROR_LAUNCH_FAILED, 719, "unspecified launch failure") \
    X(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, 720, "too many blocks in a cooperative launch") \
    X(CUDA_ERROR_TENSOR_MEMORY_LEAK, 721, "tensor memory not released") \
    X(CUDA_ERROR_NOT_PERMITTED, 800, "operation not permitted") \
    X(CUDA_ERROR_NOT_SUPPORTED, 801, "operation not supported") \
    X(CUDA_ERROR_SYSTEM_NOT_READY, 802, "system not ready") \
    X(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803, "display driver and CUDA driver do not match") \
    X(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, 804, "forward compatibility not supported on this device") \
    X(CUDA_ERROR_MPS_CONNECTION_FAILED, 805, "connection to the MPS server failed") \
    X(CUDA_ERROR_MPS_RPC_FAILURE, 806, "remote call of the MPS server failed") \
    X(CUDA_ERROR_MPS_SERVER_NOT_READY, 807, "MPS server not ready") \
    X(CUDA_ERROR_MPS_MAX_CLIENTS_REACHED, 808, "too many MPS clients") \
    X(CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED, 809, "too many MPS device connections") \
    X(CUDA_ERROR_MPS_CLIENT_TERMINATED, 810, "MPS client terminated") \
    X(CUDA_ERROR_CDP_NOT_SUPPORTED, 811, "dynamic parallelism not supported") \
    X(CUDA_ERROR_CDP_VERSION_MISMATCH, 812, "dynamic parallelism versions do not match") \
    X(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, 900, "operation not permitted while a stream is capturing") \
    X(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, 901, "the capture was invalidated by an earlier error") \
    X(CUDA_ERROR_STREAM_CAPTURE_MERGE, 902, "the operation would merge two captures") \
    X(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, 903, "the capture was not begun in this stream") \
    X(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, 904, "the capture has forked work that was not joined") \
    X(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, 905, "dependency on work outside the capture") \
    X(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, 906, "implicit dependency on a capturing stream") \
    X(CUDA_ERROR_CAPTURED_EVENT, 907, "operation not permitted on an event last recorded in a capturing stream") \
    X(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, 908, "capture ended in another thread than it was begun") \
    X(CUDA_ERROR_TIMEOUT, 909, "wait timed out") \
    X(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, 910, "graph update violates the constraints of the instantiated graph") \
    X(CUDA_ERROR_EXTERNAL_DEVICE, 911, "error in an external device") \
    X(CUDA_ERROR_INVALID_CLUSTER_SIZE, 912, "invalid cluster size") \
    X(CUDA_ERROR_FUNCTION_NOT_LOADED, 913, "function not loaded") \
    X(CUDA_ERROR_INVALID_RESOURCE_TYPE, 914, "invalid resource type") \
    X(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION, 915, "invalid resource configuration") \
    X(CUDA_ERROR_KEY_ROTATION, 916, "key rotation failed") \
    X(CUDA_ERROR_UNKNOWN, 999, "unknown error")

enum CUresult : int {
#define PARASOL_RESULT(name, value, text) name = value,
    PARASOL_CUDA_RESULTS(PARASOL_RESULT)
#undef PARASOL_RESULT
};
