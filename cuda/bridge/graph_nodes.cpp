// Nodes of graphs, made and set one by one: JCuda gives no usable handles of nodes that a capture made, and fills the struct of a
// kernel's node as it was before CUDA 12.
#include "bridge/driver.h"

namespace {

// Layouts of the driver API since CUDA 12.0.
struct KernelNode {
    void* function;
    unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes;
    void** parameters;
    void** extra;
    void* kernel;
    void* context;
};
struct FillNode {
    unsigned long long device;
    size_t pitch;
    unsigned value, elementBytes;
    size_t width, height;
};
static_assert(sizeof(KernelNode) == 72 && sizeof(FillNode) == 40, "structs of the driver API");

KernelNode kernelNode(jlong function, jint gridX, jint gridY, jint gridZ, jint block, jint sharedBytes, jlong parameters) {
    KernelNode node{};
    node.function = reinterpret_cast<void*>(function);
    node.gridX = gridX, node.gridY = gridY, node.gridZ = gridZ;
    node.blockX = block, node.blockY = 1, node.blockZ = 1;
    node.sharedBytes = sharedBytes;
    node.parameters = reinterpret_cast<void**>(parameters);
    return node;
}

FillNode fillNode(jlong device, jint value, jint elementBytes, jlong count) {
    return {static_cast<unsigned long long>(device), 0, static_cast<unsigned>(value), static_cast<unsigned>(elementBytes), static_cast<size_t>(count), 1};
}

int currentContext(void** context) { return bridge::call<void**>("cuCtxGetCurrent", context); }

// Adds a node behind `previous`, or as the first one when that is 0.
template <typename Node, typename... Last>
int add(JNIEnv* env, const char* name, jlongArray handle, jlong graph, jlong previous, const Node& node, Last... last) {
    void* added = nullptr;
    void* before = reinterpret_cast<void*>(previous);
    int result = bridge::call<void**, void*, void* const*, size_t, const Node*, Last...>(
        name, &added, reinterpret_cast<void*>(graph), before ? &before : nullptr, before ? 1 : 0, &node, last...);
    if (result == 0) bridge::store(env, handle, reinterpret_cast<unsigned long long>(added));
    return result;
}

template <typename Node, typename... Last>
int set(const char* name, jlong exec, jlong handle, const Node& node, Last... last) {
    return bridge::call<void*, void*, const Node*, Last...>(name, reinterpret_cast<void*>(exec), reinterpret_cast<void*>(handle), &node, last...);
}

}  // namespace

PARASOL_JNI(jint, graphAddKernel)
(JNIEnv* env, jclass, jlongArray handle, jlong graph, jlong previous, jlong function, jint gridX, jint gridY, jint gridZ, jint block, jint sharedBytes,
 jlong parameters) {
    return add(env, "cuGraphAddKernelNode_v2", handle, graph, previous, kernelNode(function, gridX, gridY, gridZ, block, sharedBytes, parameters));
}

PARASOL_JNI(jint, graphSetKernel)
(JNIEnv*, jclass, jlong exec, jlong handle, jlong function, jint gridX, jint gridY, jint gridZ, jint block, jint sharedBytes, jlong parameters) {
    return set("cuGraphExecKernelNodeSetParams_v2", exec, handle, kernelNode(function, gridX, gridY, gridZ, block, sharedBytes, parameters));
}

PARASOL_JNI(jint, graphAddFill)
(JNIEnv* env, jclass, jlongArray handle, jlong graph, jlong previous, jlong device, jint value, jint elementBytes, jlong count) {
    void* context = nullptr;
    if (int refused = currentContext(&context)) return refused;
    return add(env, "cuGraphAddMemsetNode", handle, graph, previous, fillNode(device, value, elementBytes, count), context);
}

PARASOL_JNI(jint, graphSetFill)(JNIEnv*, jclass, jlong exec, jlong handle, jlong device, jint value, jint elementBytes, jlong count) {
    void* context = nullptr;
    if (int refused = currentContext(&context)) return refused;
    return set("cuGraphExecMemsetNodeSetParams", exec, handle, fillNode(device, value, elementBytes, count), context);
}
