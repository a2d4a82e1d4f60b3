// Finds the process's driver library: libcuda.so.1, which is the machine's own or the software device, loaded before under
// that SONAME. JCuda's natives resolve the same name, so both always talk to the same library.
#include <atomic>
#include <dlfcn.h>
#include "bridge/driver.h"

namespace {

constexpr const char* kLibrary = "libcuda.so.1";
constexpr const char* kSoftMark = "parasol_soft_live";  // exported by the software device alone
std::atomic<void*> driver{nullptr};

jstring text(JNIEnv* env, const char* message) { return env->NewStringUTF(message); }

}  // namespace

void* bridge::symbol(const char* name) {
    void* library = driver.load();
    return library ? dlsym(library, name) : nullptr;
}

PARASOL_JNI(jstring, attachGpuDriver)(JNIEnv* env, jclass) {
    // Global, as when a program links it: the driver loads further libraries that look for its symbols.
    void* library = dlopen(kLibrary, RTLD_LAZY | RTLD_GLOBAL);
    if (!library) return text(env, dlerror());
    if (dlsym(library, kSoftMark)) return text(env, "libcuda.so.1 of this process is Parasol's software device");
    driver = library;
    return nullptr;
}

PARASOL_JNI(jstring, attachSoftDevice)(JNIEnv* env, jclass) {
    void* library = dlopen(kLibrary, RTLD_LAZY | RTLD_NOLOAD);
    if (!library) return text(env, "the software device is not loaded as libcuda.so.1");
    if (!dlsym(library, kSoftMark)) return text(env, "something else in this process has loaded the GPU driver (libcuda.so.1) already");
    driver = library;
    return nullptr;
}
