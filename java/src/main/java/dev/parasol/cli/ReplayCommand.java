package dev.parasol.cli;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Replay;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parasol replay}: the block pool on a recorded sequence of allocations. */
@Command(
        name = "replay",
        description = "Replay a trace of allocations and frees (op,id,size,stream) through the block pool, and print peak_live,"
                + " peak_reserved, ratio, driver_calls and ns_per_op; with --passes also what each further pass held and called."
                + " A trace that needs more than the software device has is replayed with PARASOL_SOFT_MEMORY=64GiB before the command.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private static final int MAX_PASSES = 10_000;

    @Mixin
    DeviceOption device;

    @Option(names = "--passes", paramLabel = "N", defaultValue = "1", description = "How often to replay it (default: ${DEFAULT-VALUE}).")
    int passes;

    @Spec
    CommandSpec command;

    @Parameters(paramLabel = "FILE.ops.csv", converter = FileName.class, description = "The trace.")
    String file;

    @Override
    public Integer call() {
        if (passes < 1 || passes > MAX_PASSES) {
            throw new ParameterException(command.commandLine(), "--passes " + passes + " is not between 1 and " + MAX_PASSES);
        }
        Replay replay = Replay.read(Path.of(file));
        try (CudaContext context = CudaContext.open(device.spec())) {
            System.out.print(replay.run(context, passes).toText());
        }
        return 0;
    }
}
