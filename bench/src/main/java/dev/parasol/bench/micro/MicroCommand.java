package dev.parasol.bench.micro;

import dev.parasol.cuda.DeviceSpec;
import java.util.Collection;
import java.util.Locale;
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
import picocli.CommandLine.Parameters;

/** {@code micro}: JMH benchmarks of what runs on the host, on the software device. */
@Command(name = "micro", description = "JMH microbenchmarks of the host's side, on the software device.", mixinStandardHelpOptions = true)
public final class MicroCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", defaultValue = ".*", paramLabel = "REGEX", description = "Which benchmarks, by the beginning of the name in any case (default: all).")
    String include;

    @Override
    public Integer call() throws RunnerException {
        Options options = new OptionsBuilder()
                .include("dev\\.parasol\\.bench\\.micro\\.(?i:" + include + ")")
                .forks(1)
                .jvmArgsAppend("-D" + DeviceSpec.PROPERTY + "=soft:0")
                .warmupIterations(2).warmupTime(TimeValue.seconds(1))
                .measurementIterations(4).measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        System.out.println();
        System.out.println("Microbenchmarks (JMH, 4 iterations of 1 s; error: half the 99.9 % confidence interval); no GPU figure");
        Collection<RunResult> results = new Runner(options).run();
        for (RunResult run : results) {
            Result<?> result = run.getPrimaryResult();
            String name = run.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1");
            System.out.printf(Locale.ROOT, "software device  %-44s %-24s %12.3f ± %8.3f %s%n", name, parameters(run), result.getScore(), result.getScoreError(),
                    result.getScoreUnit());
        }
        return results.isEmpty() ? 1 : 0;
    }

    private static String parameters(RunResult run) {
        StringBuilder text = new StringBuilder();
        for (String key : run.getParams().getParamsKeys()) {
            text.append(text.isEmpty() ? "" : " ").append(key).append('=').append(run.getParams().getParam(key));
        }
        return text.toString();
    }
}
