package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.TensorElements;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code inspect}: the configuration of a model and its tensors with sizes and ranges. */
@Command(
        name = "inspect",
        description = "Show a model's configuration and its tensors: shape, stored type, least and largest value, root mean square.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    private static final int PIECE = 1 << 16;

    @Parameters(paramLabel = "MODEL", description = "FunASR model folder.")
    String model;

    @Override
    public Integer call() {
        ModelFolder folder = ModelFolder.open(model);
        ModelConfig config = folder.config();
        System.out.println(config.model());
        System.out.println("  " + config.encoder());
        System.out.println("  " + config.predictor());
        System.out.println("  " + config.decoder());
        System.out.println("  " + config.frontend());
        System.out.println("  " + folder.vocabulary().size() + " tokens");
        if (!folder.hasCheckpoint()) {
            System.out.println("no weights in this folder");
            return 0;
        }
        long elements = 0;
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                TensorInfo info = checkpoint.info(name);
                elements += info.count();
                System.out.printf(Locale.ROOT, "%-60s %-4s %-16s %s%n", name, info.type(), shape(info), range(checkpoint, info));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d parameters: %.1f MB in fp32, %.1f MB in fp16, %.1f MB in int8%n",
                elements, elements * 4e-6, elements * 2e-6, elements * 1e-6);
        return 0;
    }

    private static String shape(TensorInfo info) {
        return Arrays.stream(info.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    private static String range(Checkpoint checkpoint, TensorInfo info) {
        if (!info.floating() || info.count() == 0) {
            return "";
        }
        TensorElements elements = new TensorElements(checkpoint, info, DataType.F32);
        ByteBuffer piece = ByteBuffer.allocate(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double squares = 0;
        for (long from = 0; from < info.count(); from += PIECE) {
            elements.put(piece.clear(), from, Math.min(from + PIECE, info.count()));
            piece.flip();
            while (piece.hasRemaining()) {
                double value = piece.getFloat();
                least = Math.min(least, value);
                largest = Math.max(largest, value);
                squares += value * value;
            }
        }
        return String.format(Locale.ROOT, "%12.5g %12.5g  rms %10.5g", least, largest, Math.sqrt(squares / info.count()));
    }
}
