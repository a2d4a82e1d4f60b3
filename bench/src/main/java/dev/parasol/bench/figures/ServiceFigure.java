package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A service of one device under 1 to 16 callers, each of which waits for one answer before it asks for the next one: audio a second,
 * latency, memory, and what the device waited for. The whole way is in the times, from the file to the text.
 */
final class ServiceFigure implements Figure {
    private static final int[] CALLERS = {1, 2, 4, 8, 16};
    private static final int FILES = 24;
    private static final double MIB = 1 << 20;

    /** What a level of concurrency came to. */
    private record Level(double seconds, double audio, double[] latencies, int wrong, long held, ServiceReport report) {
        double latency(double share) {
            return latencies[(int) Math.min(latencies.length - 1, Math.ceil(share * latencies.length) - 1)];
        }
    }

    @Override
    public void take(Setting setting, Report report) {
        boolean soft = setting.device().kind() == DeviceSpec.Kind.SOFT;
        String model = soft ? setting.shared().resolve("models/digits-tiny").toString() : "synth:paraformer-large";
        int requests = soft ? 48 : 960;
        double batchSeconds = soft ? 12 : 60;
        report.section(String.format(Locale.ROOT, "Service: %s, fp16, %d requests of digits-tiny's recordings for each number of callers, batches of up to %.0f s%s",
                model, requests, batchSeconds, soft ? ", on the software device" : ""));
        List<Path> files = IntStream.range(0, FILES).mapToObj(i -> setting.shared().resolve(String.format(Locale.ROOT, "audio/digits/utt-%02d.wav", i))).toList();
        List<Transcript> alone = alone(setting, model, files);
        double shortest = alone.stream().mapToDouble(Transcript::seconds).min().orElseThrow();
        ModelFolder folder = ModelFolder.open(model);
        MemoryForecast full = MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16,
                BatchLayout.ofSeconds(folder.config().frontend(), batchSeconds, (int) (batchSeconds / shortest)).shape());
        long bound = inChunks(setting, full.totalBytes() - full.slabBytes()) + 2 * inChunks(setting, full.slabBytes());
        for (int callers : CALLERS) {
            Level level = level(setting, model, files, alone, callers, requests, batchSeconds);
            show(report, callers + (callers == 1 ? " caller" : " callers"), level, requests, bound);
        }
    }

    private static void show(Report report, String who, Level level, int requests, long bound) {
        ServiceReport.Device device = level.report().devices().get(0);
        report.figure(who + ": audio a second (RTF)", String.format(Locale.ROOT, "%.1f s (%.4f)", level.audio() / level.seconds(), level.seconds() / level.audio()));
        report.figure(who + ": latency p50, p95", String.format(Locale.ROOT, "%.1f ms, %.1f ms", 1e3 * level.latency(0.5), 1e3 * level.latency(0.95)));
        report.figure(who + ": batches, audio in the largest", String.format(Locale.ROOT, "%d, %.1f s", level.report().batches(), level.report().largestBatchSeconds()));
        report.figure(who + ": the device waited for work", String.format(Locale.ROOT, "%.0f %% of the time", 100 * device.idleSeconds() / device.seconds()));
        report.row(who + ": texts as alone", requests - level.wrong() + " of " + requests, "all", level.wrong() == 0);
        report.row(who + ": activations, measured and planned", device.measuredPeak() + ", " + device.plannedPeak() + " bytes", "the same",
                device.measuredPeak() == device.plannedPeak());
        report.row(who + ": device memory, most that was held", String.format(Locale.ROOT, "%.2f MiB", level.held() / MIB),
                String.format(Locale.ROOT, "at most %.2f MiB: weights and two full batches, in chunks", bound / MIB), level.held() <= bound);
    }

    private static long inChunks(Setting setting, long bytes) {
        try (CudaContext context = CudaContext.open(setting.device())) {
            return MemoryForecast.mapped(bytes, VirtualMemory.supported(context) ? VirtualMemory.granularity(context) : 1);
        }
    }

    private static List<Transcript> alone(Setting setting, String model, List<Path> files) {
        try (Recognizer recognizer = Recognizer.builder().model(model).device(setting.device().toString()).precision(Precision.FP16).build()) {
            return files.stream().map(file -> recognizer.transcribe(List.of(file)).get(0)).map(FileResult::orThrow).toList();
        }
    }

    private static Level level(Setting setting, String model, List<Path> files, List<Transcript> alone, int callers, int requests, double batchSeconds) {
        RecognizerService service = RecognizerService.builder().model(model).devices(setting.device().toString()).precision(Precision.FP16)
                .memoryLimit("100%").batchSeconds(batchSeconds).build();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try (service) {
            AtomicInteger next = new AtomicInteger();
            AtomicInteger wrong = new AtomicInteger();
            double[] latencies = new double[requests];
            double audio = IntStream.range(0, requests).mapToDouble(i -> alone.get(i % FILES).seconds()).sum();
            List<Future<?>> running = new ArrayList<>();
            long begun = System.nanoTime();
            for (int c = 0; c < callers; c++) {
                RequestOptions options = RequestOptions.NONE.by("caller " + c);
                Callable<Void> caller = () -> {
                    for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                        long asked = System.nanoTime();
                        Transcript transcript = service.submit(files.get(i % FILES), options).get();
                        latencies[i] = (System.nanoTime() - asked) * 1e-9;
                        wrong.addAndGet(transcript.tokens().equals(alone.get(i % FILES).tokens()) ? 0 : 1);
                    }
                    return null;
                };
                running.add(threads.submit(caller));
            }
            for (Future<?> caller : running) {
                caller.get();
            }
            double seconds = (System.nanoTime() - begun) * 1e-9;
            Arrays.sort(latencies);
            ServiceReport report = service.report();
            // Slabs are not given back while nobody needs their memory, so what is held now is the most.
            return new Level(seconds, audio, latencies, wrong.get(), report.devices().get(0).memory().held(), report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed: " + e.getCause().getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
