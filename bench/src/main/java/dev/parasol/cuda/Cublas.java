package dev.parasol.cuda;

import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.cudaDataType;
import jcuda.runtime.cudaStream_t;

/**
 * cuBLAS as a peer for the benchmark, where {@code libcublas.so.12} is found; the library itself never uses it. It lies in this
 * package, in the benchmark's jar, because it needs the driver's own handle of a stream. Not thread-safe.
 */
public final class Cublas implements AutoCloseable {
    private final cublasHandle handle;

    private Cublas(cublasHandle handle) {
        this.handle = handle;
    }

    /** Whether it is there, and if not, why. */
    public record Found(Optional<Cublas> library, String reason) {}

    /** Looks for cuBLAS; never fails. */
    public static Found find(CudaContext context, Stream stream) {
        if (context.spec().kind() == DeviceSpec.Kind.SOFT) {
            return new Found(Optional.empty(), "cuBLAS does not run on the software device");
        }
        try {
            context.bind();
            JCublas2.setExceptionsEnabled(false);
            cublasHandle handle = new cublasHandle();
            check(JCublas2.cublasCreate(handle), "cublasCreate");
            Cublas cublas = new Cublas(handle);
            check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream.handle())), "cublasSetStream");
            return new Found(Optional.of(cublas), "");
        } catch (LinkageError e) {
            return new Found(Optional.empty(), "libcublas.so.12 is not on the library path");
        } catch (IllegalStateException e) {
            return new Found(Optional.empty(), e.getMessage());
        }
    }

    /**
     * Enqueues {@code C = A Wᵀ + beta C}, fp16 factors without gaps, fp32 sums, on the stream it was found for.
     *
     * @param a {@code [m, k]}
     * @param w {@code [n, k]}
     * @param c {@code [m, n]} of {@code type}
     */
    public void product(long a, long w, long c, DataType type, int m, int n, int k, float beta) {
        int output = type == DataType.F16 ? cudaDataType.CUDA_R_16F : cudaDataType.CUDA_R_32F;
        // Column major, it is the transposed product: C' = W A'.
        check(JCublas2.cublasGemmEx_new(handle, cublasOperation.CUBLAS_OP_T, cublasOperation.CUBLAS_OP_N, n, m, k, Pointer.to(new float[] {1}),
                new DevicePointer(w), cudaDataType.CUDA_R_16F, k, new DevicePointer(a), cudaDataType.CUDA_R_16F, k, Pointer.to(new float[] {beta}),
                new DevicePointer(c), output, n, cublasComputeType.CUBLAS_COMPUTE_32F, cublasGemmAlgo.CUBLAS_GEMM_DEFAULT), "cublasGemmEx");
    }

    private static void check(int status, String call) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new IllegalStateException(call + ": " + cublasStatus.stringFor(status));
        }
    }

    @Override
    public void close() {
        JCublas2.cublasDestroy(handle);
    }
}
