package dev.parasol.tools.prune;

import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Activations;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Silences attention heads of the encoder: a head's columns of {@code linear_out} become 0, and the mean of what they gave goes into the
 * bias. Those go that add the least variance to the residual stream, wherever they are.
 *
 * <p>Nothing becomes smaller. In FunASR's form the width is heads times their size, one number of heads holds for all
 * layers, and every channel of v feeds FSMN memory besides: a folder cannot say that a head's rows are not there.
 */
public final class Heads {
    private static final String PROJECTION = "self_attn.linear_out";

    private Heads() {}

    private record Head(String projection, int first, int size, double[] mean, double variance) {}

    /** What changes: the tensors by name, and the heads such as {@code 5.2} (layer, head). */
    public record Result(Map<String, HostTensor> tensors, List<String> heads) {}

    /** Silences {@code count} heads; {@link ModelException} when there are no more than that. */
    public static Result silence(Bench bench, ModelFolder folder, Collection<Layer> removed, List<Speech> calibration, int count) {
        List<Head> heads = new ArrayList<>();
        Map<Head, String> names = new java.util.IdentityHashMap<>();
        int perLayer = folder.config().encoder().attentionHeads();
        try (Variant variant = bench.load(folder, Layer.without(folder.config(), removed), Precision.FP32);
                Checkpoint checkpoint = folder.openCheckpoint()) {
            Map<String, Layer> inputs = new LinkedHashMap<>();
            Layer.kept(folder.config(), removed).stream().filter(layer -> !layer.decoder())
                    .forEach(layer -> inputs.put(layer.prefix() + PROJECTION + StageRecorder.INPUT, layer));
            Activations.each(variant, calibration, List.copyOf(inputs.keySet()), folder.config().encoder().outputSize(), (name, attended) -> {
                Layer layer = inputs.get(name);
                String projection = layer.prefix() + PROJECTION;
                HostTensor weight = HostTensor.read(checkpoint, projection + ".weight");
                for (int h = 0; h < perLayer; h++) {
                    Head head = head(projection, attended, weight, h, attended.cols() / perLayer);
                    heads.add(head);
                    names.put(head, layer + "." + h);
                }
            });
            if (count < 1 || count >= heads.size()) {
                throw new ModelException("heads: expected 1 to " + (heads.size() - 1) + ", not " + count);
            }
            heads.sort(Comparator.comparingDouble(Head::variance));
            Map<String, HostTensor> tensors = new TreeMap<>();
            heads.subList(0, count).forEach(head -> silence(checkpoint, head, tensors));
            return new Result(tensors, heads.subList(0, count).stream().map(names::get).toList());
        }
    }

    private static Head head(String projection, Activations attended, HostTensor weight, int index, int size) {
        int first = index * size;
        HostTensor part = new HostTensor(new long[] {weight.shape()[0], size}, part(weight.values(), weight.cols(), first, size));
        Activations own = new Activations(size, part(attended.values(), attended.cols(), first, size), attended.utterances());
        Activations given = FfnChannels.product(own, part);
        double[] mean = new double[given.cols()];
        for (int i = 0; i < given.values().length; i++) {
            mean[i % mean.length] += given.values()[i] / (double) given.rows();
        }
        return new Head(projection, first, size, mean, Arrays.stream(FfnChannels.variances(given)).sum());
    }

    private static float[] part(float[] values, int cols, int first, int size) {
        float[] part = new float[values.length / cols * size];
        for (int row = 0; row < values.length / cols; row++) {
            System.arraycopy(values, row * cols + first, part, row * size, size);
        }
        return part;
    }

    private static void silence(Checkpoint checkpoint, Head head, Map<String, HostTensor> tensors) {
        HostTensor weight = tensors.computeIfAbsent(head.projection + ".weight", name -> HostTensor.read(checkpoint, name));
        HostTensor bias = tensors.computeIfAbsent(head.projection + ".bias", name -> HostTensor.read(checkpoint, name));
        for (int row = 0; row < bias.values().length; row++) {
            int from = row * weight.cols() + head.first;
            Arrays.fill(weight.values(), from, from + head.size, 0);
            bias.values()[row] += (float) head.mean[row];
        }
    }
}
