package dev.parasol.bench.service;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.TimeBudget;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.DeviceUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code service}: from files to texts by the number of callers, within a time budget, into a file that is whole at any moment. */
@Command(name = "service", description = "Measure a service by its number of callers: audio a second from files to texts, latency, memory, what the device waited for.",
        mixinStandardHelpOptions = true)
public final class ServiceCommand implements Callable<Integer> {
    private static final double SHORT_BATCH = 60;
    private static final double LONG_BATCH = 300;
    private static final double SOFTWARE_BATCH = 12;
    private static final int REQUESTS = 960;
    private static final int SOFTWARE_REQUESTS = 16;
    /** Of loading the large model and of the requests of a level. */
    private static final double LEVEL_SECONDS = 10;

    @Mixin
    DeviceOption device;

    @Option(names = "--model", paramLabel = "MODEL", description = "A model's folder or a synthetic model (default: synth:paraformer-large on a GPU, the sample model on the software device).")
    String model;

    @Option(names = "--samples", defaultValue = "java/samples", paramLabel = "DIR", description = "Where the sample model and the recordings are (default: ${DEFAULT-VALUE}).")
    Path samples;

    @Option(names = "--requests", paramLabel = "N", description = "Requests of a number of callers (default: 960 on a GPU, 16 on the software device).")
    Integer requests;

    @Option(names = "--budget", defaultValue = "100", paramLabel = "SECONDS", description = "When it is spent, nothing more is begun (default: ${DEFAULT-VALUE}).")
    double budgetSeconds;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The results as JSON; written after every measurement.")
    Path out;

    /** Callers and the audio that a batch may have. */
    private record Setting(int callers, double batchSeconds) {
        String shape() {
            return String.format(Locale.ROOT, "%d %s, batches of %.0f s", callers, callers == 1 ? "caller" : "callers", batchSeconds);
        }
    }

    /** Sixteen callers cannot fill a batch of five minutes, since each waits for its answer. */
    private static List<Setting> settings(boolean gpu) {
        if (!gpu) {
            return List.of(new Setting(1, SOFTWARE_BATCH), new Setting(4, SOFTWARE_BATCH));
        }
        List<Setting> settings = new ArrayList<>();
        ServiceLoad.CALLERS.forEach(callers -> settings.add(new Setting(callers, SHORT_BATCH)));
        settings.add(new Setting(16, LONG_BATCH));
        settings.add(new Setting(128, LONG_BATCH));
        return settings;
    }

    @Override
    public Integer call() throws IOException {
        TimeBudget budget = new TimeBudget(budgetSeconds);
        DeviceSpec spec = device.select();
        if (requests != null && requests < 1) {
            throw new IllegalArgumentException("--requests must be at least 1, not " + requests);
        }
        // Held until the end: the device stays initialised from one level to the next.
        try (CudaContext context = CudaContext.open(spec)) {
            ResultFile results = new ResultFile(context, out, System.out);
            results.line("device: " + DeviceOption.describe(spec) + ", " + context.properties().name());
            String name = model != null ? model : results.gpu() ? "synth:paraformer-large" : samples.resolve("digits-tiny").toString();
            measure(new ServiceLoad(spec, name, recordings()), results, budget);
            results.line(String.format(Locale.ROOT, "took %.0f s of %.0f s; written to %s", budget.spent(), budgetSeconds, out));
            return results.wrong() == 0 ? 0 : 1;
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
    }

    private List<Path> recordings() throws IOException {
        Path folder = samples.resolve("audio");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".wav")).sorted().toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException(folder + " has no recordings (*.wav)");
            }
            return found;
        }
    }

    private void measure(ServiceLoad load, ResultFile results, TimeBudget budget) {
        int count = requests != null ? requests : results.gpu() ? REQUESTS : SOFTWARE_REQUESTS;
        for (Setting setting : settings(results.gpu())) {
            Entry entry = Entry.of("service", "files to texts", "Parasol", setting.shape());
            if (!budget.allows(results.gpu() ? LEVEL_SECONDS : 0)) {
                results.add(entry.skipped("the time budget was spent"));
                continue;
            }
            long limit = load.memoryLimit(setting.batchSeconds());
            ServiceLoad.Level level = load.level(setting.callers(), count, setting.batchSeconds());
            results.add(entry.check((double) level.wrong() / count, 0).extra("rtfx", level.audio() / level.seconds()).extra("rtf", level.seconds() / level.audio())
                    .extra("audio_s", level.audio()).extra("latency_p50_ms", 1e3 * level.latency(0.5)).extra("latency_p95_ms", 1e3 * level.latency(0.95))
                    .extra("batches", level.report().batches()).extra("largest_batch_s", level.report().largestBatchSeconds())
                    .extra("device_idle_share", level.idle()).extra("host_cores", level.hostSeconds() / level.seconds())
                    .extra("held_bytes", level.held()).extra("held_limit_bytes", limit)
                    .extra("planned_bytes", level.device().plannedPeak()).extra("measured_bytes", level.device().measuredPeak()));
        }
    }
}
