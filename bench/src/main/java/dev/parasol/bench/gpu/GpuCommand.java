package dev.parasol.bench.gpu;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.DeviceUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gpu}: timings of kernels and of whole passes on a GPU; tiny shapes on the software device, to see that it works. */
@Command(name = "gpu", description = "Time kernels and whole forward passes on a GPU.", mixinStandardHelpOptions = true)
public final class GpuCommand implements Callable<Integer> {
    @Mixin
    DeviceOption device;

    @Option(names = "--samples", defaultValue = "java/samples", paramLabel = "DIR", description = "Sample model, used on the software device (default: ${DEFAULT-VALUE}).")
    Path samples;

    @Option(names = "--out", defaultValue = "parasol-gpu.json", paramLabel = "FILE", description = "All figures as JSON (default: ${DEFAULT-VALUE}).")
    Path out;

    @Override
    public Integer call() throws IOException {
        DeviceSpec spec = device.select();
        Sizes sizes = Sizes.of(spec);
        try (Scratch scratch = new Scratch(spec)) {
            System.out.println("device: " + DeviceOption.describe(spec) + ", " + scratch.context().properties().name());
            System.out.println("medians, and in parentheses the tenth and ninetieth percentile");
            Measurements measurements = new Measurements(scratch.context(), System.out);
            new KernelTimes(scratch, sizes, measurements).take();
            LaunchTimes.take(scratch, sizes, measurements);
            String model = spec.kind() == DeviceSpec.Kind.CUDA ? "synth:paraformer-large" : samples.resolve("digits-tiny").toString();
            ModelTimes.take(spec, model, sizes, measurements);
            measurements.write(out);
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
        System.out.println("written to " + out);
        return 0;
    }
}
