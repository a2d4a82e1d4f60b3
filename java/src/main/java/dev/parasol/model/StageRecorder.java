package dev.parasol.model;

import dev.parasol.weights.SafetensorsWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what a forward pass computes on its way, by FunASR's names: {@code features}, {@code encoder.encoders0.0.out},
 * {@code encoder.encoders.N.out}, {@code encoder_out}, {@code alphas}, {@code cif_peak}, {@code acoustic_embeds},
 * {@code decoder.decoders.N.out}, {@code decoder.decoders3.0.out}, {@code log_probs} and {@code ids}; and for a recorder that
 * names them, what goes into a linear layer, such as {@code encoder.encoders.N.feed_forward.w_2.in}. A recorded pass waits
 * for the device after every stage. Records one pass; not thread-safe.
 */
public final class StageRecorder {
    /** The stage that costs a row of the vocabulary's size for each token, and is computed only for a recorder that wants it. */
    public static final String LOG_PROBS = "log_probs";

    /** Follows a linear layer's name in the name of the stage that goes into it. */
    public static final String INPUT = ".in";

    private final Set<String> wanted;
    private final List<Map<String, StageTensor>> utterances = new ArrayList<>();

    private StageRecorder(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** Keeps every stage but the inputs of linear layers. */
    public static StageRecorder all() {
        return new StageRecorder(null);
    }

    /** Keeps these stages alone. */
    public static StageRecorder only(String... names) {
        return only(List.of(names));
    }

    /** Keeps these stages alone. */
    public static StageRecorder only(Collection<String> names) {
        return new StageRecorder(Set.copyOf(names));
    }

    /** Whether a stage is kept. */
    public boolean wants(String name) {
        return wanted == null ? !name.endsWith(INPUT) : wanted.contains(name);
    }

    /** Number of utterances of the pass. */
    public int batch() {
        return utterances.size();
    }

    /** The stages of one utterance by name, in the order of the pass. */
    public Map<String, StageTensor> utterance(int index) {
        return utterances.get(index);
    }

    /** A stage of one utterance; {@link IllegalArgumentException} where it was not recorded. */
    public StageTensor stage(int utterance, String name) {
        StageTensor tensor = utterances.get(utterance).get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no stage '" + name + "' among " + utterances.get(utterance).keySet());
        }
        return tensor;
    }

    /** All stages of one utterance as a file to be written; floats are F32, ids I64. */
    public SafetensorsWriter safetensors(int utterance) {
        SafetensorsWriter writer = new SafetensorsWriter();
        utterances.get(utterance).forEach((name, tensor) -> {
            if (tensor.ids() != null) {
                writer.add(name, tensor.shape(), tensor.ids());
            } else {
                writer.add(name, tensor.shape(), tensor.floats());
            }
        });
        return writer;
    }

    void begin(int batch) {
        if (!utterances.isEmpty()) {
            throw new IllegalStateException("a recorder records one pass");
        }
        for (int b = 0; b < batch; b++) {
            utterances.add(new LinkedHashMap<>());
        }
    }

    void put(int utterance, String name, StageTensor tensor) {
        utterances.get(utterance).put(name, tensor);
    }
}
