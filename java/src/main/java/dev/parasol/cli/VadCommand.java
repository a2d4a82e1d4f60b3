package dev.parasol.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.audio.AudioStream;
import dev.parasol.pipeline.Segment;
import dev.parasol.pipeline.VoiceDetector;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parasol vad}: where there is speech. */
@Command(
        name = "vad",
        description = "Find the speech in recordings (WAV or FLAC, any rate, any number of channels), as FunASR's FSMN-VAD does.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "One line of JSON a file: {\"file\",\"segments\":[[start_ms,end_ms],...]}, or {\"file\",\"error\"} for a file that",
            "failed. The other files go on then, and the exit code is 1."
        })
final class VadCommand implements Callable<Integer> {
    @Spec
    CommandSpec command;

    @Option(names = "--model", required = true, paramLabel = "DIR", converter = FileName.class, description = "Folder of an FSMN-VAD.")
    String model;

    @Option(
            names = "--max-end-silence-time",
            paramLabel = "MS",
            description = "Silence that ends a segment (default: FunASR's schedule, 2000 ms at first and less the longer speech goes on).")
    Integer maxEndSilence;

    @Option(names = "--max-single-segment-time", paramLabel = "MS", description = "Length at which a segment is cut (default: the model's).")
    Integer maxSegment;

    @Mixin
    DeviceOption device;

    @Mixin
    MemoryLimitOption memory;

    @Option(names = "--report", description = "Print the memory report at the end.")
    boolean report;

    @Parameters(arity = "1..*", paramLabel = "FILE", converter = FileName.class, description = "Recordings.")
    List<String> names;

    @Override
    public Integer call() {
        VoiceDetector.Builder builder = VoiceDetector.builder().model(model).device(device.spec().toString());
        if (maxEndSilence != null) {
            builder.maxEndSilence(notNegative("--max-end-silence-time", maxEndSilence));
        }
        if (maxSegment != null) {
            builder.maxSegment(notNegative("--max-single-segment-time", maxSegment));
        }
        if (memory.limit != null) {
            builder.memoryLimit(memory.limit);
        }
        try (VoiceDetector detector = builder.build()) {
            Notices.tell(detector.notices());
            int code = FileLines.print(names, (file, line) -> detect(detector, file, line));
            if (report) {
                System.out.print(detector.memoryReport().toText());
            }
            return code;
        }
    }

    private int notNegative(String option, int value) {
        if (value < 0) {
            throw new ParameterException(command.commandLine(), option + ": expected 0 or more milliseconds");
        }
        return value;
    }

    private static void detect(VoiceDetector detector, Path file, ObjectNode line) {
        try (AudioStream recording = AudioStream.open(file)) {
            List<Segment> found = detector.detect(recording);
            Notices.warn(recording.warnings());
            ArrayNode segments = line.putArray("segments");
            for (Segment segment : found) {
                segments.addArray().add(segment.startMs()).add(segment.endMs());
            }
        }
    }
}
