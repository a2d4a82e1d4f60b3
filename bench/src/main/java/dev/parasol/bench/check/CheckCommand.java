package dev.parasol.bench.check;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.DeviceUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}: whether everything computes on this device what it should. */
@Command(
        name = "check",
        description = "Check wrappers, kernels, a real model and a wide one on a device against references.",
        mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
    private static final Map<String, Check> CHECKS = checks();

    @Mixin
    DeviceOption device;

    @Option(names = "--samples", defaultValue = "java/samples", paramLabel = "DIR", description = "Sample model and recordings (default: ${DEFAULT-VALUE}).")
    Path samples;

    @Option(names = "--shared", defaultValue = "../shared", paramLabel = "DIR",
            description = "Reference material; tests that need it are skipped where it is missing (default: ${DEFAULT-VALUE}).")
    Path shared;

    @Parameters(arity = "0..*", paramLabel = "PART", description = "wrappers, kernels, digits, width512, attributes, virtual-memory (default: all).")
    List<String> parts;

    private static Map<String, Check> checks() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("wrappers", new WrapperCheck());
        checks.put("kernels", new KernelTests());
        checks.put("digits", new DigitsCheck());
        checks.put("width512", new WidthCheck());
        checks.put("attributes", new AttributesCheck());
        checks.put("virtual-memory", new VirtualMemoryCheck());
        return checks;
    }

    @Override
    public Integer call() throws IOException {
        CheckSetting setting = new CheckSetting(device.select(), samples);
        System.setProperty("parasol.shared", shared.toString());
        Report report = new Report(System.out);
        System.out.println("device: " + DeviceOption.describe(setting.device()));
        // Held until the end: the device stays initialised from one part to the next.
        try (CudaContext context = CudaContext.open(setting.device())) {
            describe(context.properties());
            for (String name : parts == null ? CHECKS.keySet() : parts) {
                Check check = CHECKS.get(name);
                if (check == null) {
                    throw new IllegalArgumentException("there is no part '" + name + "', but " + CHECKS.keySet());
                }
                run(name, check, setting, report);
            }
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
        return report.finish("check on " + setting.device());
    }

    private static void describe(DeviceProperties properties) {
        System.out.printf(Locale.ROOT, "%s, compute capability %d.%d, %d multiprocessors, %d MiB, driver for CUDA %d.%d%n", properties.name(),
                properties.capabilityMajor(), properties.capabilityMinor(), properties.multiprocessors(), properties.totalMemory() >> 20,
                properties.cudaVersion() / 1000, properties.cudaVersion() % 1000 / 10);
    }

    /** A part that breaks off fails, and the others go on. */
    private static void run(String name, Check check, CheckSetting setting, Report report) throws IOException {
        long start = System.nanoTime();
        try {
            check.run(setting, report);
        } catch (RuntimeException e) {
            e.printStackTrace();
            report.row(name + " broke off", e.toString(), "", false);
        }
        report.note(String.format(Locale.ROOT, "%s took %.1f s", name, (System.nanoTime() - start) / 1e9));
    }
}
