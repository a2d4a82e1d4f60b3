package dev.parasol.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A point in a stream's work. Thread-safe. */
public final class Event implements AutoCloseable {
    private final ContextState context;
    private final CUevent event;
    private final Ownership ownership;
    /** The capture that recorded the event last, by which another stream joins it. */
    private volatile Capture capture;

    Event(ContextState context, boolean timing) {
        CUevent created = new CUevent();
        int flags = timing ? CUevent_flags.CU_EVENT_DEFAULT : CUevent_flags.CU_EVENT_DISABLE_TIMING;
        context.call("cuEventCreate", () -> JCudaDriver.cuEventCreate(created, flags));
        this.context = context;
        this.event = created;
        this.ownership = new Ownership(this, context, "Event", true,
                () -> context.checkRelease(JCudaDriver.cuEventDestroy(created), "cuEventDestroy"));
    }

    /** Waits until the work recorded before the event is done; at once when it was never recorded. */
    public void synchronize() {
        context.call("cuEventSynchronize", () -> JCudaDriver.cuEventSynchronize(event), ownership);
    }

    /** Whether the work recorded before the event is done. */
    public boolean done() {
        int[] result = new int[1];
        context.call("cuEventQuery", () -> {
            result[0] = JCudaDriver.cuEventQuery(event);
            return result[0] == CUresult.CUDA_ERROR_NOT_READY ? CUresult.CUDA_SUCCESS : result[0];
        }, ownership);
        return result[0] == CUresult.CUDA_SUCCESS;
    }

    /** Milliseconds on the device between two events that were made with timing and have both passed. */
    public float millisecondsSince(Event start) {
        float[] milliseconds = new float[1];
        context.call("cuEventElapsedTime", () -> JCudaDriver.cuEventElapsedTime(milliseconds, start.event, event), start.ownership, ownership);
        return milliseconds[0];
    }

    /** Destroys the event; work that refers to it is not disturbed. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }

    CUevent handle() {
        return event;
    }

    Ownership ownership() {
        return ownership;
    }

    void recordedIn(Capture recording) {
        capture = recording;
    }

    Capture capture() {
        return Capture.current(capture);
    }
}
