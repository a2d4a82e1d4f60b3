package dev.parasol.bench.service;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import dev.parasol.pipeline.RecognizerService;
import dev.parasol.pipeline.RequestOptions;
import dev.parasol.pipeline.ServiceReport;
import dev.parasol.pipeline.Transcript;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Callers of a service of one device, each of which waits for one answer before it asks for the next one. The whole way is in the times,
 * from the file to the text, and every text is compared with that of its recording alone.
 */
public final class ServiceLoad {
    /** Numbers of callers that figures are given for. */
    public static final List<Integer> CALLERS = List.of(1, 2, 4, 8, 16);

    private final DeviceSpec device;
    private final String model;
    private final List<Path> files;
    private final List<Transcript> alone;

    /**
     * What a number of callers came to.
     *
     * @param seconds from the first request to the last answer
     * @param audio seconds of audio in all requests
     * @param hostSeconds of processor time that this process took meanwhile
     * @param latencies of the requests in seconds, ascending
     * @param wrong texts that were not those of the recording alone
     * @param held most bytes of device memory
     */
    public record Level(double seconds, double audio, double hostSeconds, double[] latencies, int wrong, long held, ServiceReport report) {
        /** The latency that this share of the requests does not pass. */
        public double latency(double share) {
            return latencies[(int) Math.max(0, Math.min(latencies.length, Math.ceil(share * latencies.length)) - 1)];
        }

        /** Of the service's one device. */
        public ServiceReport.Device device() {
            return report.devices().get(0);
        }

        /** The share of the time in which the device had nothing to do. */
        public double idle() {
            return device().idleSeconds() / device().seconds();
        }
    }

    /** Recognizes each recording alone, for later comparison. */
    public ServiceLoad(DeviceSpec device, String model, List<Path> files) {
        this.device = device;
        this.model = model;
        this.files = List.copyOf(files);
        try (Recognizer recognizer = Recognizer.builder().model(model).device(device.toString()).precision(Precision.FP16).build()) {
            alone = this.files.stream().map(file -> recognizer.transcribe(List.of(file)).get(0)).map(FileResult::orThrow).toList();
        }
    }

    /** The most device memory that any number of callers may take: weights, and the activations of two full batches, in chunks. */
    public long memoryLimit(double batchSeconds) {
        double shortest = alone.stream().mapToDouble(Transcript::seconds).min().orElseThrow();
        ModelFolder folder = ModelFolder.open(model);
        MemoryForecast full = MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16,
                BatchLayout.ofSeconds(folder.config().frontend(), batchSeconds, (int) (batchSeconds / shortest)).shape());
        return inChunks(full.totalBytes() - full.slabBytes()) + 2 * inChunks(full.slabBytes());
    }

    private long inChunks(long bytes) {
        try (CudaContext context = CudaContext.open(device)) {
            return MemoryForecast.mapped(bytes, VirtualMemory.supported(context) ? VirtualMemory.granularity(context) : 1);
        }
    }

    /** One service, so many callers, so many requests in all. */
    public Level level(int callers, int requests, double batchSeconds) {
        RecognizerService service = RecognizerService.builder().model(model).devices(device.toString()).precision(Precision.FP16)
                .memoryLimit("100%").batchSeconds(batchSeconds).build();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try (service) {
            AtomicInteger next = new AtomicInteger();
            AtomicInteger wrong = new AtomicInteger();
            double[] latencies = new double[requests];
            double audio = IntStream.range(0, requests).mapToDouble(i -> alone.get(i % files.size()).seconds()).sum();
            List<Future<?>> running = new ArrayList<>();
            double host = processorSeconds();
            long begun = System.nanoTime();
            for (int c = 0; c < callers; c++) {
                RequestOptions options = RequestOptions.NONE.by("caller " + c);
                Callable<Void> caller = () -> {
                    for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                        long asked = System.nanoTime();
                        Transcript transcript = service.submit(files.get(i % files.size()), options).get();
                        latencies[i] = (System.nanoTime() - asked) * 1e-9;
                        wrong.addAndGet(transcript.tokens().equals(alone.get(i % files.size()).tokens()) ? 0 : 1);
                    }
                    return null;
                };
                running.add(threads.submit(caller));
            }
            for (Future<?> caller : running) {
                caller.get();
            }
            double seconds = (System.nanoTime() - begun) * 1e-9;
            double hostSeconds = processorSeconds() - host;
            Arrays.sort(latencies);
            ServiceReport report = service.report();
            // Slabs are not given back while nobody needs their memory, so what is held now is the most.
            return new Level(seconds, audio, hostSeconds, latencies, wrong.get(), report.devices().get(0).memory().held(), report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed: " + e.getCause().getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static double processorSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() * 1e-9;
    }
}
