package dev.parasol.cli;

import dev.parasol.cuda.DataType;
import dev.parasol.model.StageRecorder;
import dev.parasol.pipeline.Recognizer;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parasol stages}: every stage of one forward pass as a safetensors file. */
@Command(
        name = "stages",
        description = "Write every stage of one forward pass, by FunASR's names, as safetensors (floats F32, ids I64).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Stages: features, encoder.encoders0.0.out, encoder.encoders.N.out, encoder_out, alphas, cif_peak,",
            "acoustic_embeds, decoder.decoders.N.out, decoder.decoders3.0.out, log_probs, ids (nothing dropped)."
        })
final class StagesCommand implements Callable<Integer> {
    @Mixin
    ModelOptions options;

    @Mixin
    DeviceOption device;

    @ArgGroup(multiplicity = "1")
    Source source;

    @Option(names = "--out", required = true, paramLabel = "OUT.safetensors", converter = FileName.class, description = "File to write.")
    String out;

    /** A recording, or features that were computed elsewhere. */
    static final class Source {
        @Option(names = "--wav", required = true, paramLabel = "FILE", converter = FileName.class, description = "A recording.")
        String wav;

        @ArgGroup(exclusive = false, multiplicity = "1")
        Features features;
    }

    /** One tensor of a safetensors file. */
    static final class Features {
        @Option(names = "--input", required = true, paramLabel = "FILE.safetensors", converter = FileName.class, description = "A file with features.")
        String file;

        @Option(names = "--key", required = true, paramLabel = "NAME", description = "The features' name in it: [frames, 560].")
        String key;
    }

    @Override
    public Integer call() {
        Path target = Output.checked(out);
        try (TerminalProgress progress = TerminalProgress.ofLoading();
                Recognizer recognizer = options.recognizer(device.spec()).progress(progress).build()) {
            ModelOptions.tell(recognizer);
            StageRecorder stages = source.wav != null
                    ? recognizer.stages(Path.of(source.wav))
                    : recognizer.stages(read(source.features, recognizer.config().frontend().featureSize()));
            stages.safetensors(0).write(target);
        }
        return 0;
    }

    private static float[] read(Features features, int featureSize) {
        try (Checkpoint file = SafetensorsCheckpoint.open(Path.of(features.file))) {
            if (!file.names().contains(features.key)) {
                throw new CommandException(features.file + " has no tensor named " + features.key);
            }
            TensorInfo info = file.info(features.key);
            long[] shape = info.shape();
            if (info.type() != DataType.F32 || shape.length != 2 || shape[0] < 1 || shape[1] != featureSize) {
                throw new CommandException(
                        features.file + ": " + info + " are not features: expected F32 of the shape [frames, " + featureSize + "]");
            }
            if (info.bytes() > Integer.MAX_VALUE) {
                throw new CommandException(features.file + ": " + info + " is too long for one pass");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            file.read(features.key, bytes);
            float[] values = new float[(int) info.count()];
            bytes.flip().asFloatBuffer().get(values);
            return values;
        }
    }
}
