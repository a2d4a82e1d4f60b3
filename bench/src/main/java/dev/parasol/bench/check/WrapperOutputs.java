package dev.parasol.bench.check;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wrapper-outputs}: what the wrappers of {@code cuda/ptx} give on one device, as a file; a process for {@link WrapperCheck}. */
@Command(name = "wrapper-outputs", hidden = true, description = "Write what every PTX wrapper gives on random input.")
public final class WrapperOutputs implements Callable<Integer> {
    @Mixin
    DeviceOption device;

    @Option(names = "--seed", required = true)
    long seed;

    @Option(names = "--out", required = true)
    Path out;

    @Override
    public Integer call() {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Scratch scratch = new Scratch(device.select())) {
            for (Map.Entry<String, int[]> output : new WrapperProbes(scratch, seed).outputs().entrySet()) {
                long[] words = Arrays.stream(output.getValue()).asLongStream().toArray();
                writer.add(output.getKey(), new long[] {words.length}, words);
            }
        }
        writer.write(out);
        return 0;
    }
}
