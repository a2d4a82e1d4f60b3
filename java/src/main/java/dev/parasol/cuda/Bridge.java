package dev.parasol.cuda;

import java.nio.ByteBuffer;

/**
 * Driver calls that JCuda marshals wrongly or lacks, by plain numbers. Results are CUresults, unchecked.
 * {@link Natives#loadBridge} comes before any of them. A function that the driver is too old for gives
 * CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND.
 */
final class Bridge {
    private Bridge() {
    }

    /** Loads libcuda.so.1 of this machine; returns what went wrong, or null. */
    static native String attachGpuDriver();

    /** Finds the software device, loaded before under the name libcuda.so.1; returns what went wrong, or null. */
    static native String attachSoftDevice();

    /** cuMemCreate of pinned device memory; writes the handle to {@code handle[0]}. */
    static native int memCreate(long[] handle, long bytes, int device);

    static native int memRelease(long handle);

    static native int memMap(long address, long bytes, long handle);

    /** cuMemSetAccess: reading and writing from the device. */
    static native int memSetAccess(long address, long bytes, int device);

    /** cuMemGetAllocationGranularity, the minimum, for pinned device memory; writes to {@code bytes[0]}. */
    static native int memGranularity(long[] bytes, int device);

    /** cuFuncGetParamInfo of a kernel's first parameter; writes its size to {@code bytes[0]}. Drivers before CUDA 12.4 lack it. */
    static native int parameterBytes(long[] bytes, long function);

    /** cuGraphAddKernelNode behind node {@code previous}, or as the first when that is 0; writes the node to {@code node[0]}. */
    static native int graphAddKernel(long[] node, long graph, long previous, long function, int gridX, int gridY, int gridZ, int block,
            int sharedBytes, long parameters);

    static native int graphSetKernel(long exec, long node, long function, int gridX, int gridY, int gridZ, int block, int sharedBytes,
            long parameters);

    /** cuGraphAddMemsetNode of {@code count} elements in the current context, likewise. */
    static native int graphAddFill(long[] node, long graph, long previous, long device, int value, int elementBytes, long count);

    static native int graphSetFill(long exec, long node, long device, int value, int elementBytes, long count);

    /** A direct buffer over host memory, in Java's default byte order; it does not own the memory. */
    static native ByteBuffer view(long address, long bytes);

    static native void softFail(String entry, long nth, int code);

    static native long softCalls(String entry);

    static native long softLive(String what);

    static native void softSeed(long seed);
}
