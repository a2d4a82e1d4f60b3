// Host memory as Java sees it, and the size of a kernel's parameter.
#include "bridge/driver.h"

PARASOL_JNI(jobject, view)(JNIEnv* env, jclass, jlong address, jlong bytes) {
    return env->NewDirectByteBuffer(reinterpret_cast<void*>(address), bytes);
}

PARASOL_JNI(jint, parameterBytes)(JNIEnv* env, jclass, jlongArray bytes, jlong function) {
    size_t offset = 0, size = 0;
    int result = bridge::call<void*, size_t, size_t*, size_t*>("cuFuncGetParamInfo", reinterpret_cast<void*>(function), 0, &offset, &size);
    if (result == 0) bridge::store(env, bytes, size);
    return result;
}
