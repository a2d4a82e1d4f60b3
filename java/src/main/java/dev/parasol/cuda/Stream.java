package dev.parasol.cuda;

import jcuda.driver.CUgraph;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A queue of device work, done in order and apart from other streams. All operations only enqueue, except
 * {@link #synchronize}; errors of enqueued work surface at a later call. Thread-safe, though work enqueued from several
 * threads has no order among them.
 */
public final class Stream implements AutoCloseable {
    private final ContextState context;
    private final CUstream stream;
    private final Ownership ownership;
    private volatile Capture capture;
    /** Null unless a graph of launches is being made or set. */
    private NodeSink sink;

    Stream(ContextState context) {
        CUstream created = new CUstream();
        context.call("cuStreamCreate", () -> JCudaDriver.cuStreamCreate(created, CUstream_flags.CU_STREAM_NON_BLOCKING));
        this.context = context;
        this.stream = created;
        this.ownership = new Ownership(this, context, "Stream", true,
                () -> context.checkRelease(JCudaDriver.cuStreamDestroy(created), "cuStreamDestroy"));
    }

    /** Copies from pinned host memory to the device; the buffer must keep its contents until the stream has passed. */
    public void copyToDevice(long device, HostBuffer source, long sourceOffset, long bytes) {
        Sizes.within(sourceOffset, bytes, source.size(), "host buffer");
        refuseInGraph("a copy");
        context.call("cuMemcpyHtoDAsync", () -> JCudaDriver.cuMemcpyHtoDAsync(
                new DevicePointer(device), new NativePointer(source.address() + sourceOffset), bytes, stream), ownership, source.ownership());
    }

    /** Copies from the device to pinned host memory; the contents are undefined until the stream has passed. */
    public void copyToHost(HostBuffer destination, long destinationOffset, long device, long bytes) {
        Sizes.within(destinationOffset, bytes, destination.size(), "host buffer");
        refuseInGraph("a copy");
        context.call("cuMemcpyDtoHAsync", () -> JCudaDriver.cuMemcpyDtoHAsync(
                new NativePointer(destination.address() + destinationOffset), new DevicePointer(device), bytes, stream), ownership, destination.ownership());
    }

    /** Copies within the device; the two ranges must not overlap. */
    public void copyOnDevice(long destination, long source, long bytes) {
        refuseInGraph("a copy");
        context.call("cuMemcpyDtoDAsync", () -> JCudaDriver.cuMemcpyDtoDAsync(
                new DevicePointer(destination), new DevicePointer(source), bytes, stream), ownership);
    }

    /** Sets bytes. */
    public void fill(long device, byte value, long bytes) {
        if (sink != null) {
            fillNode(device, value & 0xff, 1, bytes);
            return;
        }
        context.call("cuMemsetD8Async", () -> JCudaDriver.cuMemsetD8Async(new DevicePointer(device), value, bytes, stream), ownership);
    }

    /** Sets {@code count} 32-bit words; the address is a multiple of 4. */
    public void fill32(long device, int value, long count) {
        if (sink != null) {
            fillNode(device, value, Integer.BYTES, count);
            return;
        }
        context.call("cuMemsetD32Async", () -> JCudaDriver.cuMemsetD32Async(new DevicePointer(device), value, count, stream), ownership);
    }

    /** Lets the event stand for the work enqueued so far. */
    public void record(Event event) {
        refuseInGraph("an event");
        context.call("cuEventRecord", () -> JCudaDriver.cuEventRecord(event.handle(), stream), ownership, event.ownership());
        event.recordedIn(capture());
    }

    /** Lets later work of this stream wait for the event; joins the capture in which the event was recorded. */
    public void waitFor(Event event) {
        refuseInGraph("an event");
        context.call("cuStreamWaitEvent", () -> JCudaDriver.cuStreamWaitEvent(stream, event.handle(), 0), ownership, event.ownership());
        if (event.capture() != null) {
            capture = event.capture();
        }
    }

    /** Waits until all enqueued work is done, and throws its error if it failed. */
    public void synchronize() {
        refuseInGraph("waiting");
        context.call("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(stream), ownership);
    }

    /**
     * From now on work is not done but recorded, until {@link #endCapture}. Loading a kernel and allocating are allowed
     * meanwhile and happen at once; waiting for the stream or asking for its state is an error that spoils the capture.
     */
    public void beginCapture() {
        refuseInGraph("a capture");
        context.call("cuStreamBeginCapture", () -> JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED), ownership);
        capture = new Capture();
    }

    /** Ends the capture and gives what was recorded. After an error the stream is usable again and nothing is recorded. */
    public Graph endCapture() {
        Capture captured = capture();
        CUgraph graph = new CUgraph();
        try {
            context.call("cuStreamEndCapture", () -> JCudaDriver.cuStreamEndCapture(stream, graph), ownership);
        } finally {
            capture = null;
            if (captured != null) {
                captured.end();
            }
        }
        return new Graph(context, graph, captured == null ? 0 : captured.kernels.get());
    }

    /** Destroys the stream; the driver finishes its work first. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }

    /** What {@code launches} enqueue on this stream goes to {@code target}. */
    void into(NodeSink target, Runnable launches) {
        refuseInGraph("a graph");
        sink = target;
        try {
            launches.run();
        } finally {
            sink = null;
        }
    }

    NodeSink sink() {
        return sink;
    }

    private void fillNode(long device, int value, int elementBytes, long count) {
        ownership.enter();
        try {
            context.bind();
            sink.fill(device, value, elementBytes, count);
        } finally {
            ownership.exit();
        }
    }

    private void refuseInGraph(String what) {
        if (sink != null) {
            throw new IllegalStateException(what + " cannot be part of a graph of launches");
        }
    }

    ContextState context() {
        return context;
    }

    CUstream handle() {
        return stream;
    }

    Ownership ownership() {
        return ownership;
    }

    /** The capture this stream takes part in, or null. */
    Capture capture() {
        return Capture.current(capture);
    }
}
