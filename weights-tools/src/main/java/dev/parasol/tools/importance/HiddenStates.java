package dev.parasol.tools.importance;

import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Gathers how a model's hidden states change from layer to layer, in one pass over recordings: angles between any two of
 * a side's states, and a sample of rows for what needs them all at once. Memory does not grow with the recordings. Not thread-safe.
 */
public final class HiddenStates {
    private static final int SAMPLE = 1500;
    private static final long SEED = 7;

    private final List<Layer> layers;
    private final Side encoder;
    private final Side decoder;

    /** The states of one side: before its first removable layer, and after each. */
    private static final class Side {
        final List<String> names = new ArrayList<>();
        final int first;
        final double[][] cosines;
        final double[][] angles;
        final List<float[][]> sample = new ArrayList<>();
        final SplittableRandom random = new SplittableRandom(SEED);
        long rows;

        Side(List<Layer> layers) {
            first = layers.isEmpty() ? 0 : layers.get(0).index();
            if (!layers.isEmpty()) {
                names.add(layers.get(0).input());
                layers.forEach(layer -> names.add(layer.output()));
            }
            cosines = new double[names.size()][names.size()];
            angles = new double[names.size()][names.size()];
        }

        void add(StageRecorder stages, int utterance) {
            List<StageTensor> tensors = names.stream().map(name -> stages.stage(utterance, name)).toList();
            for (int row = 0; !tensors.isEmpty() && row < tensors.get(0).rows(); row++) {
                float[][] states = new float[tensors.size()][];
                for (int i = 0; i < states.length; i++) {
                    int cols = (int) tensors.get(i).shape()[1];
                    states[i] = Arrays.copyOfRange(tensors.get(i).floats(), row * cols, (row + 1) * cols);
                }
                add(states);
            }
        }

        private void add(float[][] states) {
            double[] norms = new double[states.length];
            for (int i = 0; i < states.length; i++) {
                norms[i] = Math.sqrt(dot(states[i], states[i]));
                for (int j = 0; j < i; j++) {
                    double cosine = dot(states[i], states[j]) / Math.max(norms[i] * norms[j], Double.MIN_NORMAL);
                    cosines[j][i] += cosine;
                    angles[j][i] += Math.acos(Math.max(-1, Math.min(1, cosine))) / Math.PI;
                }
            }
            rows++;
            if (sample.size() < SAMPLE) {
                sample.add(states);
            } else {
                long place = random.nextLong(rows);
                if (place < SAMPLE) {
                    sample.set((int) place, states);
                }
            }
        }
    }

    private HiddenStates(List<Layer> layers) {
        // The encoder's first layer has no comparable input even where it may be removed: it counts from the features on.
        this.layers = layers.stream().filter(layer -> layer.decoder() || layer.index() > 0).toList();
        this.encoder = new Side(this.layers.stream().filter(layer -> !layer.decoder()).toList());
        this.decoder = new Side(this.layers.stream().filter(Layer::decoder).toList());
    }

    /** Runs a whole model over recordings. */
    public static HiddenStates of(Variant variant, List<Speech> speech) {
        HiddenStates states = new HiddenStates(Layer.removable(variant.model().config()));
        List<String> names = new ArrayList<>(states.encoder.names);
        names.addAll(states.decoder.names);
        variant.stages(speech, names, stages -> {
            for (int b = 0; b < stages.batch(); b++) {
                states.encoder.add(stages, b);
                states.decoder.add(stages, b);
            }
        });
        return states;
    }

    /** 1 - mean cosine over each layer. */
    public Map<Layer, Double> blockInfluence() {
        Map<Layer, Double> scores = new TreeMap<>();
        for (Layer layer : layers) {
            Side side = side(layer);
            int at = layer.index() - side.first;
            scores.put(layer, 1 - side.cosines[at][at + 1] / side.rows);
        }
        return scores;
    }

    /** Mean angle, over pi, between the states before {@code layer} and after the run of {@code length} layers that begins with it; NaN where it ends before that. */
    public double angle(Layer layer, int length) {
        Side side = side(layer);
        int at = layer.index() - side.first;
        return at < 0 || at + length >= side.names.size() ? Double.NaN : side.angles[at][at + length] / side.rows;
    }

    /** 1 - linear CKA over each layer, on a sample of at most 1500 rows. */
    public Map<Layer, Double> cka() {
        Map<Layer, Double> scores = new TreeMap<>();
        for (Side side : List.of(encoder, decoder)) {
            double[][] centred = new double[side.names.size()][];
            for (int i = 0; i < centred.length; i++) {
                centred[i] = LinearCka.centred(column(side, i));
            }
            for (Layer layer : layers) {
                if (side(layer) == side) {
                    int at = layer.index() - side.first;
                    scores.put(layer, 1 - LinearCka.of(centred[at], centred[at + 1], side.sample.size()));
                }
            }
        }
        return scores;
    }

    private static float[][] column(Side side, int state) {
        return side.sample.stream().map(rows -> rows[state]).toArray(float[][]::new);
    }

    private Side side(Layer layer) {
        return layer.decoder() ? decoder : encoder;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
