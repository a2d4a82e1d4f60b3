// The driver library as the bridge sees it: found by name at run time, never linked, so that the bridge loads on any machine.
#pragma once
#include <cstddef>
#include <jni.h>

namespace bridge {

constexpr int kNoEntry = 302;  // CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND: the driver is too old to have the function

// The address of a function of the attached driver library, or null.
void* symbol(const char* name);

// Calls a driver function that returns a CUresult.
template <typename... Parameters, typename... Arguments>
int call(const char* name, Arguments... arguments) {
    auto function = reinterpret_cast<int (*)(Parameters...)>(symbol(name));
    return function ? function(static_cast<Parameters>(arguments)...) : kNoEntry;
}

// Writes one number to element 0 of a Java array; does nothing when the array is not there to write (an exception is then pending).
inline void store(JNIEnv* env, jlongArray array, unsigned long long value) {
    jlong number = static_cast<jlong>(value);
    env->SetLongArrayRegion(array, 0, 1, &number);
}

}  // namespace bridge

#define PARASOL_JNI(type, name) extern "C" JNIEXPORT type JNICALL Java_dev_parasol_cuda_Bridge_##name
