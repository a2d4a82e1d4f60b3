package dev.parasol.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioReader;
import dev.parasol.pipeline.SpeakerEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parasol embed}: who speaks, as a direction. */
@Command(
        name = "embed",
        description = "Compute the speaker embeddings of recordings (WAV or FLAC, any rate, any number of channels), as FunASR's CAM++ does.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "One line of JSON a file: {\"file\",\"embedding\":[numbers]}, or {\"file\",\"error\"} for a file that failed. The other",
            "files go on then, and the exit code is 1. Embeddings are compared by their cosine."
        })
final class EmbedCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", converter = FileName.class, description = "Folder of a CAM++.")
    String model;

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
        SpeakerEncoder.Builder builder = SpeakerEncoder.builder().model(model).device(device.spec().toString());
        if (memory.limit != null) {
            builder.memoryLimit(memory.limit);
        }
        try (SpeakerEncoder encoder = builder.build()) {
            Notices.tell(encoder.notices());
            int code = FileLines.print(names, (file, line) -> embed(encoder, file, line));
            if (report) {
                System.out.print(encoder.memoryReport().toText());
            }
            return code;
        }
    }

    private static void embed(SpeakerEncoder encoder, Path file, ObjectNode line) {
        AudioClip clip = AudioReader.read(file);
        Notices.warn(clip.warnings());
        float[] embedding = encoder.embed(clip.samples());
        ArrayNode numbers = line.putArray("embedding");
        for (float number : embedding) {
            numbers.add(number);
        }
    }
}
