package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import dev.parasol.files.Shown;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Compares what inference needs with what a checkpoint has, before anything is allocated. */
final class WeightCheck {
    /** Parts of FunASR's models that plain recognition does without, by the beginning of their tensors' names. */
    private static final List<String> SKIPPED = List.of("predictor.blstm.", "predictor.upsample_cnn.", "predictor.cif_output2.",
            "bias_encoder.", "bias_embed.", "seaco_decoder.", "hotword_output_layer.", "ctc.", "criterion_");
    /** Training's token embedding is in every Paraformer: not worth a word. */
    private static final String UNUSED = "decoder.embed.";
    /** Parts in which a tensor too many means that configuration and checkpoint do not belong together. */
    private static final List<String> OURS = List.of("encoder.", "predictor.", "decoder.");
    private static final int NAMED = 6;

    private WeightCheck() {}

    /**
     * @param dropped which tensors the user knowingly does without
     * @return sentences for the user on what is left aside
     * @throws ModelException that names tensors which are missing, wrongly shaped or in the way
     */
    static List<String> check(Checkpoint checkpoint, List<WeightSpec> specs, Predicate<String> dropped) {
        Set<String> names = checkpoint.names();
        List<String> missing = new ArrayList<>();
        for (WeightSpec spec : specs) {
            if (names.contains(spec.name())) {
                checkTensor(checkpoint, spec);
            } else if (!made(checkpoint, spec.name())) {
                missing.add(spec.name() + " [" + TensorInfo.text(spec.shape()) + "]");
            }
        }
        if (!missing.isEmpty()) {
            throw new ModelException(checkpoint.source() + " lacks " + tensors(missing.size()) + " that config.yaml asks for: " + some(missing));
        }
        return leftAside(checkpoint, specs, dropped);
    }

    /** Whether a tensor comes into being while loading: the scales of a weight that is quantized then. */
    private static boolean made(Checkpoint checkpoint, String name) {
        if (!name.endsWith(ModelTensors.WEIGHT_SCALE)) {
            return false;
        }
        String weight = name.substring(0, name.length() - ModelTensors.WEIGHT_SCALE.length()) + ".weight";
        return checkpoint.names().contains(weight) && checkpoint.info(weight).floating();
    }

    private static void checkTensor(Checkpoint checkpoint, WeightSpec spec) {
        TensorInfo info = checkpoint.info(spec.name());
        if (!Arrays.equals(info.shape(), spec.shape())) {
            throw new ModelException(checkpoint.source() + ": " + spec.name() + " has the shape " + TensorInfo.text(info.shape())
                    + ", expected " + TensorInfo.text(spec.shape()) + " by config.yaml and tokens");
        }
        boolean int8 = spec.type() == DataType.I8;
        if (int8 && info.floating() && checkpoint.metadata().containsKey(ModelFolder.QUANTIZATION)) {
            throw new ModelException(checkpoint.source() + ": " + spec.name() + " is of type " + info.type() + ", but its metadata say that it is int8");
        }
        if (!info.floating() && !(int8 && info.type() == DataType.I8)) {
            throw new ModelException(checkpoint.source() + ": " + spec.name() + " is of type " + info.type() + ", expected fp32 or fp16");
        }
    }

    private static List<String> leftAside(Checkpoint checkpoint, List<WeightSpec> specs, Predicate<String> dropped) {
        Set<String> needed = specs.stream().map(WeightSpec::name).collect(Collectors.toSet());
        Map<String, List<TensorInfo>> skipped = new LinkedHashMap<>();
        List<String> unexpected = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String name : checkpoint.names()) {
            if (needed.contains(name) || dropped.test(name) || name.startsWith(UNUSED) || name.endsWith(".num_batches_tracked")) {
                continue;
            }
            String part = SKIPPED.stream().filter(name::startsWith).findFirst().orElse(null);
            if (part != null) {
                skipped.computeIfAbsent(part, key -> new ArrayList<>()).add(checkpoint.info(name));
            } else if (OURS.stream().anyMatch(name::startsWith)) {
                unexpected.add(name);
            } else {
                unknown.add(name);
            }
        }
        if (!unexpected.isEmpty()) {
            throw new ModelException(checkpoint.source() + " has " + tensors(unexpected.size()) + " too many for config.yaml: " + some(unexpected));
        }
        List<String> notices = new ArrayList<>();
        if (!skipped.isEmpty()) {
            notices.add("skipped: " + skipped.entrySet().stream().map(e -> e.getKey() + "* " + size(e.getValue())).collect(Collectors.joining(", ")));
        }
        if (!unknown.isEmpty()) {
            notices.add(checkpoint.source() + " has " + tensors(unknown.size()) + " of unknown use, left aside: " + some(unknown));
        }
        return notices;
    }

    private static String size(Collection<TensorInfo> tensors) {
        long bytes = tensors.stream().mapToLong(TensorInfo::bytes).sum();
        String size = bytes < 100_000 ? (bytes + 999) / 1000 + " kB" : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
        return "(" + tensors(tensors.size()) + ", " + size + ")";
    }

    private static String tensors(int count) {
        return count == 1 ? "1 tensor" : count + " tensors";
    }

    private static String some(List<String> names) {
        String list = names.stream().limit(NAMED).map(Shown::of).collect(Collectors.joining(", "));
        return names.size() <= NAMED ? list : list + " and " + (names.size() - NAMED) + " more";
    }
}
