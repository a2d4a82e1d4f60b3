// A stretch of a test in which the software device has compute capability 9.0.
#pragma once
#include <stdlib.h>

#include <string>

class Hopper {
public:
    Hopper() {
        const char* before = getenv(NAME);
        if (before != nullptr) before_ = before, was_set_ = true;
        setenv(NAME, "9.0", 1);
    }
    ~Hopper() {
        if (was_set_) setenv(NAME, before_.c_str(), 1);
        else unsetenv(NAME);
    }
    Hopper(const Hopper&) = delete;

private:
    static constexpr const char* NAME = "PARASOL_SOFT_CAPABILITY";
    std::string before_;
    bool was_set_ = false;
};
