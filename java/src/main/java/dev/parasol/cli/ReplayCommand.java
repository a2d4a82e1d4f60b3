package dev.parasol.cli;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Replay;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code parasol replay}: the block pool on a recorded sequence of allocations. */
@Command(
        name = "replay",
        description = "Replay a trace of allocations and frees (op,id,size,stream) through the block pool, and print peak_live,"
                + " peak_reserved, ratio, driver_calls and ns_per_op.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    DeviceOption device;

    @Parameters(paramLabel = "FILE.ops.csv", converter = FileName.class, description = "The trace.")
    String file;

    @Override
    public Integer call() {
        Replay replay = Replay.read(Path.of(file));
        try (CudaContext context = CudaContext.open(device.spec())) {
            System.out.print(replay.run(context).toText());
        }
        return 0;
    }
}
