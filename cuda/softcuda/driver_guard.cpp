// Counting and failing of calls, and the exported test controls parasol_soft_*.
#include "softcuda/driver_guard.h"
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>
#include "softcuda/driver_state.h"
#include "softcuda/engine.h"

namespace softcuda::driver {

thread_local bool insideHostFunction = false;

namespace {

struct Rule { std::string entry; uint64_t countdown; CUresult code; };  // an empty entry stands for any

std::atomic<CallSite*> sites{nullptr};
std::atomic<int> armed{0};
std::atomic<uint64_t> seed{0};

struct Rules { std::mutex mutex; std::vector<Rule> list; };
Rules& rules() { static Rules& rules = *new Rules; return rules; }  // never destroyed: threads may outlive main

// "cuMemAlloc" names the entry cuMemAlloc_v2 too.
bool names(const std::string& entry, const char* symbol) {
    if (entry == symbol) return true;
    size_t n = entry.size();
    return std::strncmp(entry.c_str(), symbol, n) == 0 && std::strncmp(symbol + n, "_v", 2) == 0;
}

void arm(const char* entry, uint64_t nth, CUresult code) {
    Rules& all = rules();
    std::lock_guard<std::mutex> lock(all.mutex);
    std::string name = entry ? entry : "";
    if (nth == 0 && name.empty()) all.list.clear();
    for (auto i = all.list.begin(); i != all.list.end();) i = i->entry == name ? all.list.erase(i) : i + 1;
    if (nth > 0) all.list.push_back({name, nth, code});
    armed = int(all.list.size());
}

// PARASOL_SOFT_FAIL="cuMemCreate:3:2,*:100:999": entry, which call of it, with what code. False when it is not so written.
bool armFromEnvironment() {
    const char* text = std::getenv("PARASOL_SOFT_FAIL");
    if (!text) return true;
    for (std::string rest = text; !rest.empty();) {
        size_t comma = rest.find(',');
        std::string item = rest.substr(0, comma);
        rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
        size_t first = item.find(':'), second = item.find(':', first + 1);
        char* end = nullptr;
        unsigned long nth = first == std::string::npos ? 0 : std::strtoul(item.c_str() + first + 1, &end, 10);
        if (second == std::string::npos || nth == 0 || *end != ':') {
            std::fprintf(stderr, "softcuda: PARASOL_SOFT_FAIL wants ENTRY:NTH:CODE, found '%s'\n", item.c_str());
            return false;
        }
        std::string entry = item.substr(0, first);
        arm(entry == "*" ? nullptr : entry.c_str(), nth, CUresult(std::atoi(item.c_str() + second + 1)));
    }
    return true;
}

CUresult injected(const char* symbol, bool any) {
    Rules& all = rules();
    std::lock_guard<std::mutex> lock(all.mutex);
    CUresult result = CUDA_SUCCESS;
    for (auto i = all.list.begin(); i != all.list.end();) {
        bool hit = i->entry.empty() ? any : names(i->entry, symbol);
        if (hit && --i->countdown == 0) {
            result = i->code;
            i = all.list.erase(i);
        } else {
            ++i;
        }
    }
    armed = int(all.list.size());
    return result;
}

}  // namespace

uint64_t orderSeed() { return seed; }

CallSite::CallSite(const char* name, Needs needs) : name(name), needs(needs) {
    next = sites.load();
    while (!sites.compare_exchange_weak(next, this)) {}
}

CUresult CallSite::enter() {
    static const bool settingsRead = armFromEnvironment();
    calls.fetch_add(1, std::memory_order_relaxed);
    if (armed.load(std::memory_order_relaxed) > 0)
        if (CUresult code = injected(name, needs != Needs::kNothing)) return code;
    if (!settingsRead && needs != Needs::kNothing) return CUDA_ERROR_INVALID_VALUE;
    if (needs == Needs::kNothing || needs == Needs::kLibrary) return CUDA_SUCCESS;
    if (insideHostFunction) return CUDA_ERROR_NOT_PERMITTED;
    if (!initialized()) return CUDA_ERROR_NOT_INITIALIZED;
    if (needs == Needs::kDriver) return CUDA_SUCCESS;
    const std::shared_ptr<Context>& context = current();
    if (!context) return CUDA_ERROR_INVALID_CONTEXT;
    if (context->destroyed) return CUDA_ERROR_CONTEXT_IS_DESTROYED;
    return needs == Needs::kHealthy ? context->error.load() : CUDA_SUCCESS;
}

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API void parasol_soft_fail(const char* entry, uint64_t nth, int code) { arm(entry, nth, CUresult(code)); }

PARASOL_API uint64_t parasol_soft_calls(const char* entry) {
    uint64_t sum = 0;
    for (CallSite* site = sites; site; site = site->next)
        if (entry ? names(entry, site->name) : site->needs != Needs::kNothing) sum += site->calls;
    return sum;
}

PARASOL_API uint64_t parasol_soft_live(const char* what) { return live(what ? what : ""); }

PARASOL_API void parasol_soft_seed(uint64_t value) {
    seed = value;
    softcuda::setSeed(value);
}
