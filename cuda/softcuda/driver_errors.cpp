// Error names and descriptions.
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"

PARASOL_API CUresult cuGetErrorName(CUresult error, const char** name) {
    PARASOL_ENTER(cuGetErrorName, kNothing);
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    switch (error) {
#define PARASOL_RESULT(result, value, text) case result: *name = #result; return CUDA_SUCCESS;
        PARASOL_CUDA_RESULTS(PARASOL_RESULT)
#undef PARASOL_RESULT
    }
    *name = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuGetErrorString(CUresult error, const char** description) {
    PARASOL_ENTER(cuGetErrorString, kNothing);
    if (!description) return CUDA_ERROR_INVALID_VALUE;
    switch (error) {
#define PARASOL_RESULT(result, value, text) case result: *description = text; return CUDA_SUCCESS;
        PARASOL_CUDA_RESULTS(PARASOL_RESULT)
#undef PARASOL_RESULT
    }
    *description = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}
