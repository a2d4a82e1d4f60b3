package dev.parasol.pipeline;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.MemoryReport;
import java.util.List;
import java.util.Locale;

/**
 * What a {@link RecognizerService} has done so far and holds now. Every request is in one of {@code answered}, {@code failed}, {@code cancelled}, {@code overdue},
 * or not answered yet.
 *
 * @param submitted requests so far
 * @param answered those that have their transcript
 * @param failed those that failed, deadlines aside
 * @param cancelled those that were cancelled
 * @param overdue those that missed their deadline
 * @param waiting utterances in the queue
 * @param waitingSeconds their audio
 * @param inFlight utterances that a device has
 * @param inFlightSeconds their audio
 * @param batches batches that went to the devices
 * @param packedSeconds audio in them
 * @param largestBatchSeconds audio in the largest of them
 * @param devices each device
 */
public record ServiceReport(long submitted, long answered, long failed, long cancelled, long overdue, int waiting, double waitingSeconds,
                            int inFlight, double inFlightSeconds, long batches, double packedSeconds, double largestBatchSeconds,
                            List<Device> devices) {
    /**
     * One device.
     *
     * @param device which
     * @param loss why it was taken out; empty while it works
     * @param batchSeconds the most audio that its next batch may have
     * @param shrunk how often that became less for want of memory
     * @param grown how often it became more again
     * @param plannedPeak bytes of activations that the largest batch was planned to take
     * @param measuredPeak bytes of activations that the largest batch took
     * @param seconds since the service was made
     * @param idleSeconds those of them in which the device had nothing to do
     * @param memory who holds what of its memory
     */
    public record Device(DeviceSpec device, String loss, double batchSeconds, long shrunk, long grown, long plannedPeak, long measuredPeak,
                         double seconds, double idleSeconds, MemoryReport memory) {}

    /** The list is copied. */
    public ServiceReport {
        devices = List.copyOf(devices);
    }

    /** The report as lines of text for people. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "requests %d: answered %d, failed %d, cancelled %d, overdue %d%n", submitted, answered, failed, cancelled, overdue));
        text.append(String.format(Locale.ROOT, "waiting %d (%.1f s), in flight %d (%.1f s)%n", waiting, waitingSeconds, inFlight, inFlightSeconds));
        text.append(String.format(Locale.ROOT, "batches %d, audio in them %.1f s, in the largest %.1f s%n", batches, packedSeconds, largestBatchSeconds));
        for (Device device : devices) {
            text.append(String.format(Locale.ROOT, "%s: batches of up to %.1f s (shrunk %d, grown %d), activations planned %s, measured %s, idle %.1f of %.1f s%s%n",
                    device.device(), device.batchSeconds(), device.shrunk(), device.grown(), MemoryReport.size(device.plannedPeak()),
                    MemoryReport.size(device.measuredPeak()), device.idleSeconds(), device.seconds(), device.loss().isEmpty() ? "" : "; lost: " + device.loss()));
        }
        return text.toString();
    }
}
