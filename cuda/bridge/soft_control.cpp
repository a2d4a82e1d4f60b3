// The software device's test controls. The caller has attached it, so the symbols are there.
#include <cstdint>
#include "bridge/driver.h"

namespace {

template <typename Function>
Function* control(const char* name) { return reinterpret_cast<Function*>(bridge::symbol(name)); }

// A Java string as C text; null stays null.
class Text {
public:
    Text(JNIEnv* env, jstring text) : env(env), text(text), characters(text ? env->GetStringUTFChars(text, nullptr) : nullptr) {}
    ~Text() { if (characters) env->ReleaseStringUTFChars(text, characters); }
    Text(const Text&) = delete;
    const char* get() const { return characters; }

private:
    JNIEnv* env;
    jstring text;
    const char* characters;
};

}  // namespace

PARASOL_JNI(void, softFail)(JNIEnv* env, jclass, jstring entry, jlong nth, jint code) {
    control<void(const char*, uint64_t, int)>("parasol_soft_fail")(Text(env, entry).get(), nth, code);
}

PARASOL_JNI(jlong, softCalls)(JNIEnv* env, jclass, jstring entry) {
    return control<uint64_t(const char*)>("parasol_soft_calls")(Text(env, entry).get());
}

PARASOL_JNI(jlong, softLive)(JNIEnv* env, jclass, jstring what) {
    return control<uint64_t(const char*)>("parasol_soft_live")(Text(env, what).get());
}

PARASOL_JNI(void, softSeed)(JNIEnv*, jclass, jlong seed) {
    control<void(uint64_t)>("parasol_soft_seed")(seed);
}
