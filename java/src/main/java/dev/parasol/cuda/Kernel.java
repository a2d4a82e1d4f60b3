package dev.parasol.cuda;

import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A loaded kernel that takes one params struct by value. Lives as long as its context. Thread-safe. */
public final class Kernel {
    /** CU_SHAREDMEM_CARVEOUT_MAX_SHARED, in percent. */
    private static final int ALL_SHARED = 100;

    private final ContextState context;
    private final String name;
    private final StructLayout params;
    private final FunctionHandle function;
    private final Ownership module;

    Kernel(ContextState context, String name, StructLayout params, FunctionHandle function, Ownership module) {
        this.context = context;
        this.name = name;
        this.params = params;
        this.function = function;
        this.module = module;
    }

    /** The kernel's name in its file. */
    public String name() {
        return name;
    }

    /** The layout of the params struct. */
    public StructLayout params() {
        return params;
    }

    /** What the driver made of it on this device. */
    public KernelAttributes attributes() {
        return new KernelAttributes(
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        context.call("cuFuncGetAttribute(" + name + ")", () -> JCudaDriver.cuFuncGetAttribute(value, attribute, function), module);
        return value[0];
    }

    /** Allows launches with up to this many bytes of dynamic shared memory; needed above 48 KiB. */
    public void setDynamicShared(int bytes) {
        context.call("cuFuncSetAttribute(" + name + ")", () -> JCudaDriver.cuFuncSetAttribute(
                function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes), module);
    }

    /** Asks that a multiprocessor's memory be split in favour of shared memory as far as it goes while this kernel runs, not of the cache. */
    public void preferShared() {
        context.call("cuFuncSetAttribute(" + name + ")", () -> JCudaDriver.cuFuncSetAttribute(
                function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, ALL_SHARED), module);
    }

    /** Memory for the params struct, set to zero; the caller closes it. */
    public KernelArguments newArguments() {
        return new KernelArguments(context, params);
    }

    /**
     * Enqueues one launch, or records it where the stream is being captured. The arguments are read before this returns.
     *
     * @param gridX       number of blocks, first dimension; none of the three may be 0
     * @param block       threads a block
     * @param sharedBytes dynamic shared memory
     * @throws CudaException when the driver refuses the launch, or reports the failure of earlier work
     */
    public void launch(Stream stream, int gridX, int gridY, int gridZ, int block, int sharedBytes, KernelArguments arguments) {
        if (arguments.params().size() != params.size()) {
            throw new IllegalArgumentException("Kernel " + name + " takes " + params + ", not " + arguments.params());
        }
        module.enter();
        try {
            stream.ownership().enter();
            try {
                arguments.enter();
                try {
                    context.bind();
                    NodeSink sink = stream.sink();
                    if (sink != null) {
                        sink.kernel(name, function.address(), gridX, gridY, gridZ, block, sharedBytes, arguments.pointerArray());
                        return;
                    }
                    // Pointer objects are made for each call: JCuda's natives write to them, and threads may launch at once.
                    int result = JCudaDriver.cuLaunchKernel(function, gridX, gridY, gridZ, block, 1, 1, sharedBytes,
                            stream.handle(), new NativePointer(arguments.pointerArray()), null);
                    if (result != 0) {
                        throw context.remember(new CudaException(result, "cuLaunchKernel(" + name + ")"));
                    }
                } finally {
                    arguments.exit();
                }
                count(stream.capture());
            } finally {
                stream.ownership().exit();
            }
        } finally {
            module.exit();
        }
    }

    private void count(Capture capture) {
        if (capture == null) {
            context.launches.increment();
        } else {
            capture.kernels.incrementAndGet();
        }
    }
}
