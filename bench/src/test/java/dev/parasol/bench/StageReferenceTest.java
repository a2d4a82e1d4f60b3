package dev.parasol.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.SafetensorsWriter;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison of stages, on the sample model's own stages with one of them spoiled. */
class StageReferenceTest {
    private static final Path SAMPLES = Path.of("..", "java", "samples");
    private static final StageReference.Limits LIMITS = StageReference.Limits.of(Precision.FP32);

    @TempDir
    static Path folder;
    private static StageRecorder recorder;
    private static Path file;

    @BeforeAll
    static void record() {
        recorder = StageRecorder.all();
        try (OpenModel open = new OpenModel(DeviceSpec.select("soft:0"), SAMPLES.resolve("digits-tiny").toString(), Precision.FP32)) {
            open.model().run(List.of(AudioReader.read(SAMPLES.resolve("audio/utt-00.wav")).samples()), recorder);
        }
        file = folder.resolve("stages.safetensors");
        recorder.safetensors(0).write(file);
    }

    private static boolean good(Path reference, StageReference.Limits limits) {
        Report report = new Report(new PrintStream(PrintStream.nullOutputStream()));
        try (StageReference stages = StageReference.open(reference)) {
            stages.compare(report, "", "", recorder, 0, limits, false);
        }
        return report.good();
    }

    /** The file with one number of one stage, or one id, changed. */
    private static Path spoiled(String stage, double by) {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint source = SafetensorsCheckpoint.open(file)) {
            for (String name : source.names()) {
                if (name.equals("ids")) {
                    long[] ids = HostTensors.longs(source, name);
                    ids[0] += name.equals(stage) ? 1 : 0;
                    writer.add(name, source.info(name).shape(), ids);
                } else {
                    float[] values = HostTensors.floats(source, name);
                    values[0] += (float) (name.equals(stage) ? by : 0);
                    writer.add(name, source.info(name).shape(), values);
                }
            }
        }
        Path result = folder.resolve("spoiled-" + stage + ".safetensors");
        writer.write(result);
        return result;
    }

    @Test
    void aPassAgreesWithItself() {
        assertThat(good(file, LIMITS)).isTrue();
    }

    @Test
    void oneWrongNumberFails() {
        assertThat(good(spoiled("encoder.encoders.1.out", 1), LIMITS)).isFalse();
    }

    @Test
    void oneThatIsNotANumberFails() {
        assertThat(good(spoiled("features", Double.NaN), LIMITS)).isFalse();
    }

    @Test
    void oneWrongIdFails() {
        assertThat(good(spoiled("ids", 0), LIMITS)).isFalse();
    }

    @Test
    void inHalfPrecisionTheDecoderIsFree() {
        Path decoder = spoiled("decoder.decoders.0.out", 1);
        assertThat(good(decoder, StageReference.Limits.of(Precision.FP16))).isTrue();
        assertThat(good(decoder, LIMITS)).isFalse();
    }
}
