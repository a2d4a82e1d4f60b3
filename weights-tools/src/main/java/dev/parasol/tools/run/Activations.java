package dev.parasol.tools.run;

import dev.parasol.model.StageTensor;
import dev.parasol.tools.data.Speech;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;

/**
 * Stages over a whole set of recordings, their rows (frames or tokens) one below the other.
 *
 * @param cols numbers in a row
 * @param values row major
 * @param utterances where each recording's rows begin, and the end
 */
public record Activations(int cols, float[] values, int[] utterances) {
    private static final double ROWS_A_SECOND = 1000 / 60.0;
    private static final double AT_ONCE = 256e6;

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

    /**
     * Captures stages one after another, several of them in a pass as far as they fit into a quarter of a gigabyte.
     *
     * @param cols numbers in a row of each
     */
    public static void each(Variant variant, List<Speech> speech, List<String> names, int cols, BiConsumer<String, Activations> reader) {
        double rows = ROWS_A_SECOND * speech.stream().mapToDouble(Speech::seconds).sum();
        int atOnce = (int) Math.max(1, Math.min(names.size(), AT_ONCE / (rows * cols * Float.BYTES)));
        for (int from = 0; from < names.size(); from += atOnce) {
            List<String> some = names.subList(from, Math.min(from + atOnce, names.size()));
            List<Activations> captured = capture(variant, speech, some);
            for (int i = 0; i < some.size(); i++) {
                reader.accept(some.get(i), captured.get(i));
            }
        }
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
