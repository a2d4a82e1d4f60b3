package dev.parasol.pipeline;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLimit;

/** One device of a {@link RecognizerService}: a recognizer and the thread that runs the queue's batches with it. */
final class ServiceReplica {
    private final Recognizer recognizer;
    private final MemoryAdmission admission;
    private final QueueConsumer consumer;
    private final Thread thread;
    private final long begun = System.nanoTime();
    private volatile RuntimeException loss;
    private volatile RuntimeException closing;

    ServiceReplica(Recognizer recognizer, UtteranceQueue queue, double batchSeconds) {
        this.recognizer = recognizer;
        this.admission = new MemoryAdmission(recognizer, batchSeconds);
        this.consumer = queue.consumer(admission);
        this.thread = new Thread(this::run, "parasol " + recognizer.device());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!drained()) {
                // what was unforeseen is left with the utterance whose failure it was
            }
        } finally {
            consumer.leave(loss != null ? loss : new RecognitionException("the device " + device() + " is closed", null));
            try {
                recognizer.close();
            } catch (RuntimeException e) {
                closing = e;
            }
        }
    }

    private boolean drained() {
        try {
            recognizer.recognise(consumer);
            if (admission.failure() != null) {
                lost(admission.failure());
            }
            return true;
        } catch (RuntimeException | Error e) {
            if (consumer.failed(e)) {
                return false;
            }
            lost(new RecognitionException("the device " + device() + " cannot go on (" + e + ")", e));
            return true;
        }
    }

    private void lost(RuntimeException reason) {
        loss = reason;
        ServiceEvents.DeviceLost event = new ServiceEvents.DeviceLost();
        if (event.isEnabled()) {
            event.device = device().toString();
            event.reason = reason.getMessage();
            event.commit();
        }
    }

    DeviceSpec device() {
        return recognizer.device();
    }

    Recognizer recognizer() {
        return recognizer;
    }

    /** Why the device is lost, or null. */
    RuntimeException loss() {
        return loss;
    }

    void memoryLimit(MemoryLimit limit) {
        Budget budget = recognizer.session().budget();
        budget.limitTo(limit.bytes(budget.report().deviceTotal()));
    }

    /** Waits until the thread has ended and the recognizer is closed; returns what the closing failed with, or null. */
    RuntimeException join() {
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return loss == null ? closing : null;    // what a lost device fails with is told already
    }

    ServiceReport.Device report() {
        RuntimeException reason = loss;
        double seconds = (System.nanoTime() - begun) * 1e-9;
        return new ServiceReport.Device(device(), reason == null ? "" : reason.getMessage(), admission.batchSeconds(), admission.shrunk(),
                admission.grown(), admission.plannedPeak(), recognizer.session().model().peak(), seconds, consumer.idleNanos() * 1e-9,
                recognizer.memoryReport());
    }
}
