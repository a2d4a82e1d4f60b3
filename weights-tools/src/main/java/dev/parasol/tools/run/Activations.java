package dev.parasol.tools.run;

import dev.parasol.model.StageTensor;
import dev.parasol.tools.data.Speech;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Stages over a whole set of recordings, their rows (frames or tokens) one below the other.
 *
 * @param cols numbers in a row
 * @param values row major
 * @param utterances where each recording's rows begin, and the end
 */
public record Activations(int cols, float[] values, int[] utterances) {
    /** Number of rows. */
    public int rows() {
        return utterances[utterances.length - 1];
    }

    /** Captures stages of a variant, in the order of the names, all of the same recordings. */
    public static List<Activations> capture(Variant variant, List<Speech> speech, List<String> names) {
        List<List<StageTensor>> tensors = new ArrayList<>();
        names.forEach(name -> tensors.add(new ArrayList<>()));
        variant.stages(speech, names, stages -> {
            for (int i = 0; i < names.size(); i++) {
                for (int b = 0; b < stages.batch(); b++) {
                    tensors.get(i).add(stages.stage(b, names.get(i)));
                }
            }
        });
        return tensors.stream().map(Activations::of).toList();
    }

    private static Activations of(List<StageTensor> tensors) {
        int cols = Math.toIntExact(tensors.get(0).shape().length == 1 ? 1 : tensors.get(0).shape()[1]);
        int[] starts = new int[tensors.size() + 1];
        for (int i = 0; i < tensors.size(); i++) {
            starts[i + 1] = starts[i] + tensors.get(i).rows();
        }
        float[] values = new float[Math.multiplyExact(starts[tensors.size()], cols)];
        for (int i = 0; i < tensors.size(); i++) {
            System.arraycopy(tensors.get(i).floats(), 0, values, starts[i] * cols, tensors.get(i).floats().length);
        }
        return new Activations(cols, values, starts);
    }

    /** The rows of those recordings that {@code keep} says. */
    public Activations only(IntPredicate keep) {
        int[] starts = new int[utterances.length];
        float[] chosen = new float[values.length];
        for (int i = 0; i + 1 < utterances.length; i++) {
            int rows = keep.test(i) ? utterances[i + 1] - utterances[i] : 0;
            System.arraycopy(values, utterances[i] * cols, chosen, starts[i] * cols, rows * cols);
            starts[i + 1] = starts[i] + rows;
        }
        return new Activations(cols, java.util.Arrays.copyOf(chosen, starts[starts.length - 1] * cols), starts);
    }
}
