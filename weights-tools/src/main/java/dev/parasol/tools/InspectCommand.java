package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.files.Shown;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.BatchShape;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.tools.tensors.TensorElements;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code inspect}: the configuration of a model and its tensors with sizes and ranges. */
@Command(
        name = "inspect",
        description = "Show a model's configuration and its tensors: type, shape, least and largest value, root mean square, and the largest magnitude"
                + " in units of it, which tells outliers; of int8 the whole numbers. At the end the memory on the device by precision.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    private static final int PIECE = 1 << 16;
    /** Characters of a tensor's name. */
    private static final int NAME = 120;

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
        System.out.println("  " + folder.cmvn().size() + " features are normalized");
        if (!folder.hasCheckpoint()) {
            System.out.println("no weights in this folder");
            return 0;
        }
        long elements = 0;
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                TensorInfo info = checkpoint.info(name);
                elements += name.endsWith(ModelTensors.WEIGHT_SCALE) || name.endsWith(ModelTensors.INPUT_SCALE) ? 0 : info.count();
                System.out.printf(Locale.ROOT, "%-60s %-4s %-16s %s%n", Shown.of(name, NAME), info.type(), shape(info), range(checkpoint, info));
            }
        }
        System.out.printf(Locale.ROOT, "%d parameters%n", elements);
        memory(folder);
        return 0;
    }

    private static void memory(ModelFolder folder) {
        LinearSchemes own = folder.schemes(null);
        if (own.stored()) {
            System.out.println("quantized: " + own);
        }
        BatchShape second = BatchLayout.ofSeconds(folder.config().frontend(), 1, 1).shape();
        for (LinearSchemes schemes : own.stored() ? List.of(own) : Arrays.stream(Precision.values()).map(Precision::schemes).toList()) {
            long bytes = MemoryForecast.of(folder, LayerMask.ALL, own.stored() ? null : schemes, second).weightBytes();
            System.out.printf(Locale.ROOT, "  %-13s %12d bytes on the device%n", schemes.title(), bytes);
        }
    }

    private static String shape(TensorInfo info) {
        return Arrays.stream(info.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    private static String range(Checkpoint checkpoint, TensorInfo info) {
        boolean int8 = info.type() == DataType.I8;
        if (!info.floating() && !int8 || info.count() == 0) {
            return "";
        }
        TensorElements elements = new TensorElements(checkpoint, info, int8 ? DataType.I8 : DataType.F32);
        ByteBuffer piece = ByteBuffer.allocate(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double squares = 0;
        for (long from = 0; from < info.count(); from += PIECE) {
            elements.put(piece.clear(), from, Math.min(from + PIECE, info.count()));
            piece.flip();
            while (piece.hasRemaining()) {
                double value = int8 ? piece.get() : piece.getFloat();
                least = Math.min(least, value);
                largest = Math.max(largest, value);
                squares += value * value;
            }
        }
        double rms = Math.sqrt(squares / info.count());
        double peak = rms == 0 ? 0 : Math.max(largest, -least) / rms;
        return String.format(Locale.ROOT, "%12.5g %12.5g  rms %10.5g  peak %6.1f", least, largest, rms, peak);
    }
}
