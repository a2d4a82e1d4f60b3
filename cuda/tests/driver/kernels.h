// Parameters of the kernels that the driver's tests launch.
#pragma once
#include <stdint.h>

struct AddParams { int32_t* values; int32_t count, addend; };
struct MoveParams { const int32_t* source; int32_t* target; int32_t count, unused; };
struct StoreParams { int32_t* address; int32_t value, unused; };
