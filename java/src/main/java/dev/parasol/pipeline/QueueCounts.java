package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import java.util.Collection;
import java.util.List;

/** What an {@link UtteranceQueue} counts; its lock guards this. */
final class QueueCounts {
    long answered;
    long dropped;
    private long batches;
    private long utterances;
    private long samples;
    private long largest;

    void batch(List<Waiting> batch) {
        long total = samples(batch);
        batches++;
        utterances += batch.size();
        samples += total;
        largest = Math.max(largest, total);
    }

    QueueReport report(WaitingRoom room, Collection<Waiting> inFlight) {
        return new QueueReport(room.size(), seconds(room.samples()), inFlight.size(), seconds(samples(inFlight)), batches, utterances,
                seconds(samples), seconds(largest), answered, dropped);
    }

    private static long samples(Collection<Waiting> entries) {
        return entries.stream().mapToLong(Waiting::samples).sum();
    }

    private static double seconds(long samples) {
        return (double) samples / AudioClip.SAMPLE_RATE;
    }
}
