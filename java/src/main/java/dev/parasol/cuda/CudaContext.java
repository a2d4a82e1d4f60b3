package dev.parasol.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * A device's primary context, retained until closed. The first context decides whether the process runs on GPUs or on
 * the software device. Several may be open at once; those of one device share its primary context.
 *
 * <p>Everything made in a context is closed before it; what is still open when the context closes is reported as a leak
 * and released with it. Thread-safe: every operation of this package makes its context current on the calling thread.
 * Code that makes other contexts current on the same thread must restore the one it found.
 */
public final class CudaContext implements AutoCloseable {
    private final ContextState state;
    private final Ownership ownership;
    private final DeviceProperties properties;
    private final KernelLibrary kernels;

    private CudaContext(ContextState state, DeviceProperties properties) {
        this.state = state;
        this.properties = properties;
        this.kernels = new KernelLibrary(state, properties);
        KernelLibrary library = kernels;
        this.ownership = new Ownership(this, null, "CudaContext " + state.spec, false, () -> {
            try {
                library.close();
            } catch (CudaException e) {
                state.closeAfter(e);
                throw e;
            }
            state.close();
        });
    }

    /**
     * Opens a device.
     *
     * @throws DeviceUnavailableException when it cannot be used, with the reason
     * @throws CudaException when the driver refuses
     */
    public static CudaContext open(DeviceSpec spec) {
        if (spec.kind() == DeviceSpec.Kind.CUDA) {
            GpuRequirements.checkBeforeLoading(spec);
        }
        Driver.load(spec);
        CUdevice device = Driver.device(spec);
        DeviceProperties properties = DeviceProperties.of(device);
        if (spec.kind() == DeviceSpec.Kind.CUDA) {
            GpuRequirements.checkDriver(spec, properties);
        }
        CUcontext context = new CUcontext();
        Driver.check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        ContextState state = new ContextState(spec, device, context);
        try {
            state.bind();
            return new CudaContext(state, properties);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** The device that was opened. */
    public DeviceSpec spec() {
        return state.spec;
    }

    /** What the device is, read once at opening. */
    public DeviceProperties properties() {
        return properties;
    }

    /** Free and total device memory now. */
    public MemoryInfo memoryInfo() {
        long[] free = new long[1];
        long[] total = new long[1];
        state.call("cuMemGetInfo", () -> JCudaDriver.cuMemGetInfo(free, total), ownership);
        return new MemoryInfo(free[0], total[0]);
    }

    /** Makes the context current on the calling thread; cheap when it is already. */
    public void bind() {
        ownership.enter();
        try {
            state.bind();
        } finally {
            ownership.exit();
        }
    }

    /** Waits for everything that was launched in the context, and reports its errors. */
    public void synchronize() {
        state.call("cuCtxSynchronize", JCudaDriver::cuCtxSynchronize, ownership);
    }

    /** A new stream that does not wait for the default stream. */
    public Stream newStream() {
        return new Stream(state);
    }

    /** @param timing whether {@link Event#millisecondsSince} will be asked; without it events are cheaper */
    public Event newEvent(boolean timing) {
        return new Event(state, timing);
    }

    /** Pinned host memory of the given size, at most 2^31 - 1 bytes; its contents are undefined. */
    public HostBuffer allocateHost(long bytes) {
        return new HostBuffer(state, bytes, "HostBuffer", false);
    }

    /** Device memory of the given size; its contents are undefined. */
    public DeviceBuffer allocate(long bytes) {
        return new DeviceBuffer(state, bytes);
    }

    /** The kernels of this build; closed with the context. */
    public KernelLibrary kernels() {
        return kernels;
    }

    /**
     * How many kernels were launched so far: direct launches, and for every launch of a graph the kernels captured in it.
     * Launches that are only captured do not count.
     */
    public long launches() {
        return state.launches.sum();
    }

    /** The error that lost this context, after which only closing it helps; or null. */
    public CudaException failure() {
        return state.failure();
    }

    /** Releases the primary context, and before it whatever is still open in it. Idempotent, thread-safe. */
    @Override
    public void close() {
        ownership.close();
    }

    ContextState state() {
        return state;
    }
}
