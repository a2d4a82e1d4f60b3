package dev.parasol.bench.measure;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.bench.kernel.Catalogue;
import dev.parasol.bench.kernel.KernelRunner;
import dev.parasol.bench.kernel.Shape;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.TimeBudget;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.DeviceUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code measure}: everything that is timed on a device, the weightiest first, into one file that is whole at any moment. */
@Command(name = "measure", description = "Measure ceilings, the whole model, kernels and launches; the most important first, within a time budget.",
        mixinStandardHelpOptions = true)
public final class MeasureCommand implements Callable<Integer> {
    /** The kernels that have goals. */
    private static final int WEIGHTY = 2;

    @Mixin
    DeviceOption device;

    @Option(names = "--model", paramLabel = "MODEL", description = "A model's folder or a synthetic model (default: synth:paraformer-large on a GPU, the sample model on the software device).")
    String model;

    @Option(names = "--samples", defaultValue = "java/samples", paramLabel = "DIR", description = "Where the sample model is (default: ${DEFAULT-VALUE}).")
    Path samples;

    @Option(names = "--launch-cost", defaultValue = "bench/target/launch-cost", paramLabel = "FILE", description = "The C program whose launches are compared (default: ${DEFAULT-VALUE}).")
    Path launchCost;

    @Option(names = "--budget", defaultValue = "240", paramLabel = "SECONDS", description = "When it is spent, nothing more is begun (default: ${DEFAULT-VALUE}).")
    double budgetSeconds;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The results as JSON; written after every measurement.")
    Path out;

    @Override
    public Integer call() throws IOException {
        TimeBudget budget = new TimeBudget(budgetSeconds);
        DeviceSpec spec = device.select();
        try (Scratch scratch = new Scratch(spec)) {
            ResultFile results = new ResultFile(scratch.context(), out, System.out);
            results.line("device: " + DeviceOption.describe(spec) + ", " + scratch.context().properties().name());
            try (KernelRunner kernels = new KernelRunner(scratch, results)) {
                kernels.ceilings();
                String name = model != null ? model : results.gpu() ? "synth:paraformer-large" : samples.resolve("digits-tiny").toString();
                new ModelMeasure(results, budget).take(spec, name);
                Catalogue catalogue = new Catalogue();
                run(kernels, catalogue, catalogue.names().subList(0, WEIGHTY), results, budget);
                new LaunchMeasure(scratch, results).take(launchCost);
                new MemoryMeasure(scratch.context(), results).take();
                run(kernels, catalogue, catalogue.names().subList(WEIGHTY, catalogue.names().size()), results, budget);
            }
            results.line(String.format(java.util.Locale.ROOT, "took %.0f s of %.0f s; written to %s", budget.spent(), budgetSeconds, out));
            return results.wrong() == 0 ? 0 : 1;
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
    }

    private static void run(KernelRunner kernels, Catalogue catalogue, List<String> names, ResultFile results, TimeBudget budget) {
        for (String name : names) {
            for (Shape shape : catalogue.shapes(name, results.gpu())) {
                if (budget.allows(0)) {
                    kernels.run(catalogue.cases(name, shape, true), true, true);
                } else {
                    results.add(Entry.of("kernel", name, "", shape.toString()).skipped("the time budget was spent"));
                }
            }
        }
    }
}
