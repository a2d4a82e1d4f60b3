package dev.parasol.bench.micro;

import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code micro}: JMH benchmarks of what runs on the host, and of every kernel, on the software device. */
@Command(name = "micro", description = "JMH microbenchmarks of launches, allocator, planner, loader and every kernel, on the software device.",
        mixinStandardHelpOptions = true)
public final class MicroCommand implements Callable<Integer> {
    private static final DeviceSpec SOFT = new DeviceSpec(DeviceSpec.Kind.SOFT, 0);

    @Parameters(arity = "0..1", defaultValue = ".*", paramLabel = "REGEX", description = "Which benchmarks, by the beginning of the name in any case (default: all).")
    String include;

    @Option(names = "--thorough", description = "10 iterations instead of 3.")
    boolean thorough;

    @Option(names = "--out", paramLabel = "FILE", description = "All of it as JSON.")
    Path out;

    @Override
    public Integer call() throws RunnerException {
        int iterations = thorough ? 10 : 3;
        Options options = new OptionsBuilder()
                .include("dev\\.parasol\\.bench\\.micro\\.(?i:" + include + ")")
                .forks(1)
                .jvmArgsAppend("-D" + DeviceSpec.PROPERTY + "=" + SOFT)
                .warmupIterations(thorough ? 3 : 1).warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations).measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        try (CudaContext context = CudaContext.open(SOFT)) {
            ResultFile results = new ResultFile(context, out, System.out);
            results.line("microbenchmarks (JMH, " + iterations + " iterations of 1 s; error: half the 99.9 % confidence interval)");
            Collection<RunResult> runs = new Runner(options).run();
            for (RunResult run : runs) {
                Result<?> result = run.getPrimaryResult();
                String name = run.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1");
                results.add(Entry.of("micro", name, parameters(run), "").value(result.getScore(), result.getScoreUnit()).extra("error", result.getScoreError()));
            }
            return runs.isEmpty() ? 1 : 0;
        }
    }

    private static String parameters(RunResult run) {
        StringBuilder text = new StringBuilder();
        for (String key : run.getParams().getParamsKeys()) {
            text.append(text.isEmpty() ? "" : " ").append(key).append('=').append(run.getParams().getParam(key));
        }
        return text.toString();
    }
}
