package dev.parasol.cuda;

import jcuda.driver.CUresult;

/** A driver call was refused or reported an earlier, asynchronous failure: carries the call, the error's number and its name. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final String call;

    /**
     * @param code a CUresult other than 0
     * @param call the driver function that returned it
     */
    public CudaException(int code, String call) {
        this(code, call, null);
    }

    /** @param detail what else is known, such as the driver's compilation log, or null */
    CudaException(int code, String call, String detail) {
        super(call + " failed: " + CUresult.stringFor(code) + " (" + code + ")" + (detail == null ? "" : "\n" + detail));
        this.code = code;
        this.call = call;
    }

    /** The CUresult. */
    public int code() {
        return code;
    }

    /** The CUresult's name, such as {@code CUDA_ERROR_OUT_OF_MEMORY}. */
    public String errorName() {
        return CUresult.stringFor(code);
    }

    /** The driver function that returned the error, such as {@code cuMemAlloc}. */
    public String call() {
        return call;
    }

    /** Whether the device's (or the pinned host) memory did not suffice: the context stays usable. */
    public boolean outOfMemory() {
        return code == CUresult.CUDA_ERROR_OUT_OF_MEMORY;
    }

    /** Whether the context is lost: every further call in it fails, only closing it helps. */
    public boolean sticky() {
        return sticky(code);
    }

    static boolean sticky(int code) {
        return switch (code) {
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
                    CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
                    CUresult.CUDA_ERROR_ASSERT,
                    CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
                    CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
                    CUresult.CUDA_ERROR_INVALID_PC,
                    CUresult.CUDA_ERROR_LAUNCH_FAILED -> true;
            default -> false;
        };
    }
}
