// Prototypes of all entries that the software device implements: what cuda.h would declare, and the test controls.
// The definitions include this too.
#pragma once
#include "softcuda/driver_types.h"

extern "C" {

// Errors and entry points
CUresult cuGetErrorName(CUresult error, const char** name);
CUresult cuGetErrorString(CUresult error, const char** description);
CUresult cuGetProcAddress(const char* name, void** entry, int cudaVersion, uint64_t);
CUresult cuGetProcAddress_v2(const char* name, void** entry, int cudaVersion, uint64_t, int* status);

// Devices
CUresult cuInit(unsigned flags);
CUresult cuDriverGetVersion(int* version);
CUresult cuDeviceGetCount(int* count);
CUresult cuDeviceGet(CUdevice* device, int ordinal);
CUresult cuDeviceGetName(char* name, int length, CUdevice device);
CUresult cuDeviceGetUuid(CUuuid* out, CUdevice device);
CUresult cuDeviceGetUuid_v2(CUuuid* out, CUdevice device);
CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device);
CUresult cuDeviceGetAttribute(int* value, int number, CUdevice device);
CUresult cuDeviceGetProperties(CUdevprop* out, CUdevice device);
CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device);
CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device);
CUresult cuDeviceCanAccessPeer(int* can, CUdevice device, CUdevice peer);
CUresult cuDeviceGetP2PAttribute(int* value, int number, CUdevice source, CUdevice target);

// Contexts
CUresult cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice ordinal);
CUresult cuCtxDestroy_v2(CUcontext handle);
CUresult cuCtxPushCurrent_v2(CUcontext handle);
CUresult cuCtxPopCurrent_v2(CUcontext* out);
CUresult cuCtxSetCurrent(CUcontext handle);
CUresult cuCtxGetCurrent(CUcontext* out);
CUresult cuCtxGetDevice(CUdevice* device);
CUresult cuCtxGetFlags(unsigned* flags);
CUresult cuCtxGetId(CUcontext handle, unsigned long long* id);
CUresult cuCtxGetApiVersion(CUcontext handle, unsigned* version);
CUresult cuCtxSynchronize();
CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest);
CUresult cuCtxSetLimit(int limit, size_t value);
CUresult cuCtxGetLimit(size_t* value, int limit);
CUresult cuCtxSetCacheConfig(int config);
CUresult cuCtxGetCacheConfig(int* config);
CUresult cuCtxSetSharedMemConfig(int config);
CUresult cuCtxGetSharedMemConfig(int* config);
CUresult cuCtxEnablePeerAccess(CUcontext handle, unsigned flags);
CUresult cuCtxDisablePeerAccess(CUcontext handle);
CUresult cuDevicePrimaryCtxRetain(CUcontext* out, CUdevice ordinal);
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice ordinal);
CUresult cuDevicePrimaryCtxReset_v2(CUdevice ordinal);
CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice ordinal, unsigned flags);
CUresult cuDevicePrimaryCtxGetState(CUdevice ordinal, unsigned* flags, int* active);

// Streams
CUresult cuStreamCreate(CUstream* out, unsigned flags);
CUresult cuStreamCreateWithPriority(CUstream* out, unsigned flags, int priority);
CUresult cuStreamDestroy_v2(CUstream handle);
CUresult cuStreamSynchronize(CUstream handle);
CUresult cuStreamQuery(CUstream handle);
CUresult cuStreamWaitEvent(CUstream handle, CUevent eventHandle, unsigned flags);
CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void* userData);
CUresult cuStreamAddCallback(CUstream handle, CUstreamCallback callback, void* userData, unsigned flags);
CUresult cuStreamGetPriority(CUstream handle, int* priority);
CUresult cuStreamGetFlags(CUstream handle, unsigned* flags);
CUresult cuStreamGetId(CUstream handle, unsigned long long* id);
CUresult cuStreamGetCtx(CUstream handle, CUcontext* context);

// Events
CUresult cuEventCreate(CUevent* out, unsigned flags);
CUresult cuEventDestroy_v2(CUevent handle);
CUresult cuEventRecord(CUevent event, CUstream stream);
CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned flags);
CUresult cuEventQuery(CUevent handle);
CUresult cuEventSynchronize(CUevent handle);
CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end);
CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start, CUevent end);

// Capture
CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode);
CUresult cuStreamEndCapture(CUstream handle, CUgraph* out);
CUresult cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus* status);
CUresult cuStreamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus* status, uint64_t* id, CUgraph* graph, const CUgraphNode** dependencies,
    size_t* count);
CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode* mode);

// Plain memory
CUresult cuMemGetInfo_v2(size_t* available, size_t* total);
CUresult cuMemAlloc_v2(CUdeviceptr* out, size_t bytes);
CUresult cuMemAllocPitch_v2(CUdeviceptr* out, size_t* pitch, size_t width, size_t height, unsigned elementBytes);
CUresult cuMemFree_v2(CUdeviceptr address);
CUresult cuMemAllocAsync(CUdeviceptr* out, size_t bytes, CUstream handle);
CUresult cuMemFreeAsync(CUdeviceptr address, CUstream handle);
CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* size, CUdeviceptr address);
CUresult cuMemAllocHost_v2(void** out, size_t bytes);
CUresult cuMemHostAlloc(void** out, size_t bytes, unsigned flags);
CUresult cuMemFreeHost(void* address);
CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* out, void* address, unsigned flags);
CUresult cuMemHostGetFlags(unsigned* flags, void* address);
CUresult cuMemHostRegister_v2(void* address, size_t bytes, unsigned flags);
CUresult cuMemHostUnregister(void* address);
CUresult cuPointerGetAttribute(void* out, int number, CUdeviceptr address);
CUresult cuPointerGetAttributes(unsigned count, int* numbers, void** out, CUdeviceptr address);

// Virtual memory
CUresult cuMemGetAllocationGranularity(size_t* granularity, const CUmemAllocationProp* properties, int option);
CUresult cuMemAddressReserve(CUdeviceptr* out, size_t bytes, size_t alignment, CUdeviceptr wanted, unsigned long long flags);
CUresult cuMemAddressFree(CUdeviceptr base, size_t bytes);
CUresult cuMemCreate(CUmemGenericAllocationHandle* out, size_t bytes, const CUmemAllocationProp* properties, unsigned long long flags);
CUresult cuMemRelease(CUmemGenericAllocationHandle handle);
CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle* out, void* address);
CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp* out, CUmemGenericAllocationHandle handle);
CUresult cuMemMap(CUdeviceptr base, size_t bytes, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags);
CUresult cuMemUnmap(CUdeviceptr base, size_t bytes);
CUresult cuMemSetAccess(CUdeviceptr base, size_t bytes, const CUmemAccessDesc* rights, size_t count);
CUresult cuMemGetAccess(unsigned long long* flags, const CUmemLocation* location, CUdeviceptr address);

// Copies
CUresult cuMemcpy(CUdeviceptr target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpyAsync(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream);
CUresult cuMemcpyHtoD_v2(CUdeviceptr target, const void* source, size_t bytes);
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, size_t bytes, CUstream stream);
CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, size_t bytes, CUstream stream);
CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes);
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream);
CUresult cuMemcpyPeer(CUdeviceptr target, CUcontext targetContext, CUdeviceptr source, CUcontext sourceContext, size_t bytes);
CUresult cuMemcpyPeerAsync(CUdeviceptr target, CUcontext targetContext, CUdeviceptr source, CUcontext sourceContext, size_t bytes, CUstream stream);
CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* shape);
CUresult cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D* shape);
CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* shape, CUstream stream);
CUresult cuMemcpy3D_v2(const CUDA_MEMCPY3D* shape);
CUresult cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D* shape, CUstream stream);
CUresult cuMemcpy3DPeer(const CUDA_MEMCPY3D* shape);
CUresult cuMemcpy3DPeerAsync(const CUDA_MEMCPY3D* shape, CUstream stream);

// Fills
CUresult cuMemsetD8_v2(CUdeviceptr target, unsigned char value, size_t count);
CUresult cuMemsetD8Async(CUdeviceptr target, unsigned char value, size_t count, CUstream stream);
CUresult cuMemsetD2D8_v2(CUdeviceptr target, size_t pitch, unsigned char value, size_t width, size_t height);
CUresult cuMemsetD2D8Async(CUdeviceptr target, size_t pitch, unsigned char value, size_t width, size_t height, CUstream stream);
CUresult cuMemsetD16_v2(CUdeviceptr target, unsigned short value, size_t count);
CUresult cuMemsetD16Async(CUdeviceptr target, unsigned short value, size_t count, CUstream stream);
CUresult cuMemsetD2D16_v2(CUdeviceptr target, size_t pitch, unsigned short value, size_t width, size_t height);
CUresult cuMemsetD2D16Async(CUdeviceptr target, size_t pitch, unsigned short value, size_t width, size_t height, CUstream stream);
CUresult cuMemsetD32_v2(CUdeviceptr target, unsigned value, size_t count);
CUresult cuMemsetD32Async(CUdeviceptr target, unsigned value, size_t count, CUstream stream);
CUresult cuMemsetD2D32_v2(CUdeviceptr target, size_t pitch, unsigned value, size_t width, size_t height);
CUresult cuMemsetD2D32Async(CUdeviceptr target, size_t pitch, unsigned value, size_t width, size_t height, CUstream stream);

// Modules and functions
CUresult cuModuleLoadData(CUmodule* out, const void* image);
CUresult cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned count, int* options, void** values);
CUresult cuModuleLoad(CUmodule* out, const char* path);
CUresult cuModuleUnload(CUmodule handle);
CUresult cuModuleGetFunction(CUfunction* out, CUmodule handle, const char* name);
CUresult cuModuleGetGlobal_v2(CUdeviceptr*, size_t*, CUmodule handle, const char* name);
CUresult cuModuleGetLoadingMode(int* mode);
CUresult cuFuncGetAttribute(int* value, int number, CUfunction handle);
CUresult cuFuncGetParamInfo(CUfunction handle, size_t index, size_t* offset, size_t* bytes);
CUresult cuFuncSetAttribute(CUfunction handle, int number, int value);
CUresult cuFuncSetCacheConfig(CUfunction handle, int config);
CUresult cuFuncSetSharedMemConfig(CUfunction handle, int config);
CUresult cuFuncGetModule(CUmodule* out, CUfunction handle);
CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int blockSize, size_t dynamicShared);
CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction function, int blockSize, size_t dynamicShared, unsigned flags);
CUresult cuOccupancyMaxPotentialBlockSize(int* minGrid, int* blockSize, CUfunction function, CUoccupancyB2DSize sharedOf, size_t dynamicShared,
    int limit);
CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int* minGrid, int* blockSize, CUfunction function, CUoccupancyB2DSize sharedOf,
    size_t dynamicShared, int limit, unsigned flags);
CUresult cuOccupancyAvailableDynamicSMemPerBlock(size_t* bytes, CUfunction handle, int blocks, int blockSize);

// Launches
CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned sharedBytes, CUstream stream, void** kernelParams, void** extra);
CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
    unsigned blockZ, unsigned sharedBytes, CUstream stream, void** kernelParams);
CUresult cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function, void** kernelParams, void** extra);

// Graphs
CUresult cuGraphCreate(CUgraph* out, unsigned flags);
CUresult cuGraphDestroy(CUgraph handle);
CUresult cuGraphClone(CUgraph* out, CUgraph handle);
CUresult cuGraphNodeFindInClone(CUgraphNode* out, CUgraphNode original, CUgraph handle);
CUresult cuGraphDestroyNode(CUgraphNode handle);
CUresult cuGraphAddDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to, size_t count);
CUresult cuGraphRemoveDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to, size_t count);
CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count);
CUresult cuGraphGetRootNodes(CUgraph handle, CUgraphNode* nodes, size_t* count);
CUresult cuGraphGetEdges(CUgraph handle, CUgraphNode* from, CUgraphNode* to, size_t* count);
CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType* type);
CUresult cuGraphNodeGetDependencies(CUgraphNode node, CUgraphNode* dependencies, size_t* count);
CUresult cuGraphNodeGetDependentNodes(CUgraphNode node, CUgraphNode* dependents, size_t* count);
CUresult cuGraphAddKernelNode_v2(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count,
    const CUDA_KERNEL_NODE_PARAMS* parameters);
CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* out);
CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode handle, const CUDA_KERNEL_NODE_PARAMS* parameters);
CUresult cuGraphAddMemcpyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_MEMCPY3D* shape,
    CUcontext context);
CUresult cuGraphMemcpyNodeGetParams(CUgraphNode handle, CUDA_MEMCPY3D* out);
CUresult cuGraphMemcpyNodeSetParams(CUgraphNode handle, const CUDA_MEMCPY3D* shape);
CUresult cuGraphAddMemsetNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_MEMSET_NODE_PARAMS* shape,
    CUcontext context);
CUresult cuGraphMemsetNodeGetParams(CUgraphNode handle, CUDA_MEMSET_NODE_PARAMS* out);
CUresult cuGraphMemsetNodeSetParams(CUgraphNode handle, const CUDA_MEMSET_NODE_PARAMS* shape);
CUresult cuGraphAddHostNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, const CUDA_HOST_NODE_PARAMS* call);
CUresult cuGraphHostNodeGetParams(CUgraphNode handle, CUDA_HOST_NODE_PARAMS* out);
CUresult cuGraphHostNodeSetParams(CUgraphNode handle, const CUDA_HOST_NODE_PARAMS* call);
CUresult cuGraphAddEmptyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count);
CUresult cuGraphAddChildGraphNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUgraph childHandle);
CUresult cuGraphAddEventRecordNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUevent handle);
CUresult cuGraphEventRecordNodeGetEvent(CUgraphNode handle, CUevent* out);
CUresult cuGraphEventRecordNodeSetEvent(CUgraphNode handle, CUevent eventHandle);
CUresult cuGraphAddEventWaitNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count, CUevent handle);
CUresult cuGraphEventWaitNodeGetEvent(CUgraphNode handle, CUevent* out);
CUresult cuGraphEventWaitNodeSetEvent(CUgraphNode handle, CUevent eventHandle);
CUresult cuGraphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, unsigned long long flags);
CUresult cuGraphInstantiate_v2(CUgraphExec* out, CUgraph graph, CUgraphNode* errorNode, char* log, size_t logBytes);
CUresult cuGraphInstantiateWithParams(CUgraphExec* out, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS* parameters);
CUresult cuGraphExecDestroy(CUgraphExec handle);
CUresult cuGraphUpload(CUgraphExec handle, CUstream streamHandle);
CUresult cuGraphLaunch(CUgraphExec handle, CUstream streamHandle);
CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* parameters);
CUresult cuGraphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_MEMCPY3D* shape, CUcontext handle);
CUresult cuGraphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS* shape, CUcontext handle);
CUresult cuGraphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node, const CUDA_HOST_NODE_PARAMS* call);
CUresult cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent handle);
CUresult cuGraphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent handle);
CUresult cuGraphExecUpdate_v2(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo* info);

// Test controls of the software device
void parasol_soft_fail(const char* entry, uint64_t nth, int code);
uint64_t parasol_soft_calls(const char* entry);
uint64_t parasol_soft_live(const char* what);
void parasol_soft_seed(uint64_t value);

}
