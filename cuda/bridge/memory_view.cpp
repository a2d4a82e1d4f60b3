// Host memory as Java sees it, and the size of a kernel's parameter.
#include "bridge/driver.h"

PARASOL_JNI(jobject, view)(JNIEnv* env, jclass, jlong address, jlong bytes) {
    return env->NewDirectByteBuffer(reinterpret_cast<void*>(address), bytes);
}

PARASOL_JNI(jlong, parameterBytes)(JNIEnv*, jclass, jlong function) {
    size_t offset = 0, bytes = 0;
    int result = bridge::call<void*, size_t, size_t*, size_t*>("cuFuncGetParamInfo", reinterpret_cast<void*>(function), 0, &offset, &bytes);
    return result == 0 ? static_cast<jlong>(bytes) : -1;
}
