package dev.parasol.tuning;

import dev.parasol.audio.AudioStream;
import dev.parasol.memory.MemoryReport;
import dev.parasol.pipeline.RecognizerService;
import dev.parasol.pipeline.ServiceReport;
import dev.parasol.pipeline.Transcript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

/**
 * A service under load: two batches' audio is asked for at any time, one that is computed and one that waits. A run asks for four
 * batches' audio and lasts from the first request to the last answer; the first run is not counted.
 */
final class Load {
    /** Runs that count. */
    static final int RUNS = 3;
    private static final int BATCHES_PER_RUN = 4;
    private static final int BATCHES_ASKED = 2;
    private static final int LEAST_UTTERANCES = 8;
    private static final int PER_SECOND = 1000;

    private final RecognizerService service;
    private final Workload workload;
    private final double batchSeconds;
    private final List<Double> latencies = new ArrayList<>();

    private Load(RecognizerService service, Workload workload, double batchSeconds) {
        this.service = service;
        this.workload = workload;
        this.batchSeconds = batchSeconds;
    }

    /**
     * Measures; the service stays the caller's.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    static TunePoint measure(RecognizerService service, Workload workload, double batchSeconds) throws InterruptedException {
        Load load = new Load(service, workload, batchSeconds);
        load.run();
        load.latencies.clear();
        double[] throughput = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            throughput[i] = load.run();
        }
        Arrays.sort(throughput);
        double[] sorted = load.latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        ServiceReport report = service.report();
        ServiceReport.Device device = report.devices().get(0);
        MemoryReport memory = device.memory();
        return new TunePoint(service.schemes().title(), batchSeconds, throughput[RUNS / 2], throughput[0], throughput[RUNS - 1], quantile(sorted, 0.5), quantile(sorted, 0.95),
                report.largestBatchSeconds(), device.plannedPeak(), device.measuredPeak(), memory.held(), device.shrunk() > 0);
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    /** Seconds of audio in a second. */
    private double run() throws InterruptedException {
        // In milliseconds of audio; an utterance that is longer than all of it takes all of it.
        int room = (int) Math.ceil(BATCHES_ASKED * batchSeconds * PER_SECOND);
        Semaphore asked = new Semaphore(room);
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        double seconds = 0;
        long begun = System.nanoTime();
        for (int i = 0; i < LEAST_UTTERANCES || seconds < BATCHES_PER_RUN * batchSeconds; i++) {
            float[] samples = workload.utterance(i);
            double length = samples.length / (double) AudioStream.SAMPLE_RATE;
            int share = Math.min(room, (int) Math.ceil(length * PER_SECOND));
            asked.acquire(share);
            long submitted = System.nanoTime();
            answers.add(service.submit(samples).whenComplete((transcript, failure) -> {
                double latency = (System.nanoTime() - submitted) * 1e-9;
                synchronized (latencies) {
                    latencies.add(latency);
                }
                asked.release(share);
            }));
            seconds += length;
        }
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return seconds / ((System.nanoTime() - begun) * 1e-9);
    }
}
