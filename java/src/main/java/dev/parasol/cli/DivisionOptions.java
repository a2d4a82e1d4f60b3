package dev.parasol.cli;

import dev.parasol.pipeline.TranscribeOptions;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How recordings are divided and packed, by FunASR's names. */
final class DivisionOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--vad-model",
            paramLabel = "DIR",
            converter = FileName.class,
            description = "FunASR folder of an FSMN-VAD: recordings are divided where it finds pauses (default: in pauses by their energy, what is longer"
                    + " than --batch-size-threshold-s).")
    String detector;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "YAML with FunASR's names: batch_size_s, batch_size_threshold_s, merge_vad, merge_length_s, preset_spk_num, and in vad_kwargs"
                    + " max_single_segment_time and max_end_silence_time. The command line goes before it.")
    String config;

    @Option(
            names = "--batch-size-s",
            paramLabel = "S",
            description = "Most seconds of audio in one batch, packed (default: 300). Memory is bounded by the device in any case.")
    Double batchSeconds;

    @Option(
            names = {"--batch-size-threshold-s", "--batch-size-token-threshold-s"},
            paramLabel = "S",
            description = "What is longer is divided, at the best pause (default: 60).")
    Double thresholdSeconds;

    @Option(
            names = "--merge-vad",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Merge the segments of --vad-model as FunASR's merge_vad does (default: false).")
    Boolean mergeVad;

    @Option(names = "--merge-length-s", paramLabel = "S", description = "Length that segments are merged to (default: 15).")
    Double mergeSeconds;

    @Option(
            names = "--max-single-segment-time",
            paramLabel = "MS",
            description = "Length at which --vad-model cuts a segment (default: the model's).")
    Integer maxSegmentMs;

    @Option(
            names = "--max-end-silence-time",
            paramLabel = "MS",
            description = "Silence that ends a segment of --vad-model (default: FunASR's schedule).")
    Integer maxEndSilenceMs;

    @Option(names = "--preset-spk-num", paramLabel = "N", description = "How many speak in each recording, for --spk-model (default: that is found out).")
    Integer speakers;

    /** What the file says, and what the command line says instead. */
    TranscribeOptions read() {
        TranscribeOptions.Builder builder = TranscribeOptions.builder();
        if (config != null) {
            builder.file(Path.of(config));
        }
        try {
            if (batchSeconds != null) {
                builder.batchSeconds(batchSeconds);
            }
            if (thresholdSeconds != null) {
                builder.thresholdSeconds(thresholdSeconds);
            }
            if (mergeVad != null) {
                builder.mergeVad(mergeVad);
            }
            if (mergeSeconds != null) {
                builder.mergeSeconds(mergeSeconds);
            }
            if (maxSegmentMs != null) {
                builder.maxSegmentMs(maxSegmentMs);
            }
            if (maxEndSilenceMs != null) {
                builder.maxEndSilenceMs(maxEndSilenceMs);
            }
            if (speakers != null) {
                builder.speakers(speakers);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
        return builder.build();
    }
}
