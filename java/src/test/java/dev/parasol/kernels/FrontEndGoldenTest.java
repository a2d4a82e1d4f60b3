package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Filter bank and features of real recordings and of noise, against FunASR's, all in one ragged batch. */
class FrontEndGoldenTest {
    private static final double TOLERANCE = 2e-3;
    private static final int BINS = 80;
    private static final int LFR_M = 7;
    private static final int LFR_N = 6;

    private record Clip(String name, float[] wave) {
    }

    @Test
    void featuresAreFunAsrs() throws IOException {
        try (Golden golden = new Golden("golden/frontend/frontend.safetensors"); Device device = new Device()) {
            List<Clip> clips = clips(golden);
            int[] fbankOffsets = Device.offsets(clips.stream().mapToInt(clip -> Fbank.rows(clip.wave().length)).toArray());
            int[] frameOffsets = Device.offsets(clips.stream().mapToInt(clip -> LfrCmvn.frames(Fbank.rows(clip.wave().length), LFR_N)).toArray());
            Ragged fbankRows = new Ragged(device.ints(fbankOffsets), clips.size(), fbankOffsets[clips.size()]);
            Ragged frames = new Ragged(device.ints(frameOffsets), clips.size(), frameOffsets[clips.size()]);
            Matrix fbank = device.matrix(fbankRows.rows(), BINS);
            Matrix features = device.matrix(frames.rows(), BINS * LFR_M);
            FbankTables tables = new FbankTables(BINS, 16_000);
            long wave = packedWave(device, clips);
            long samples = device.longs(sampleOffsets(clips));

            device.kernels().fbank().launch(device.stream(), wave, samples, fbankRows, tables.at(device.upload(tables.bytes(), tables::write)), fbank);
            device.kernels().lfrCmvn().launch(device.stream(), fbank, fbankRows.offsets(), frames,
                    device.floats(cmvn("<AddShift>")), device.floats(cmvn("<Rescale>")), LFR_M, LFR_N, features);

            float[] actualFbank = device.read(fbank);
            float[] actualFeatures = device.read(features);
            for (int b = 0; b < clips.size(); b++) {
                String name = clips.get(b).name();
                if (golden.names().contains(name + ".fbank")) {
                    check(name + ".fbank", golden, actualFbank, fbankOffsets[b] * BINS);
                }
                check(name + ".features", golden, actualFeatures, frameOffsets[b] * BINS * LFR_M);
                assertThat(frameOffsets[b + 1] - frameOffsets[b]).as("frames of " + name).isEqualTo(golden.rows(name + ".features"));
            }
        }
    }

    private static void check(String name, Golden golden, float[] actual, int from) {
        float[] expected = golden.floats(name);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[from + i] - expected[i]));
        }
        assertThat(largest).as("largest error of " + name).isLessThan(TOLERANCE);
    }

    private static List<Clip> clips(Golden golden) throws IOException {
        List<Clip> clips = new ArrayList<>();
        for (String name : golden.names().stream().filter(tensor -> tensor.endsWith(".features")).sorted().toList()) {
            String clip = name.substring(0, name.indexOf('.'));
            clips.add(new Clip(clip, golden.names().contains(clip + ".wave") ? golden.floats(clip + ".wave") : recording(clip)));
        }
        assertThat(clips).hasSizeGreaterThan(10);
        return clips;
    }

    /** A plain 16-bit mono recording: its samples lie behind a header of 44 bytes. */
    private static float[] recording(String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Shared.path("golden/frontend/" + name + ".wav"))).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt(36)).as("the data chunk of " + name).isEqualTo(0x61746164);
        float[] wave = new float[bytes.getInt(40) / 2];
        for (int i = 0; i < wave.length; i++) {
            wave[i] = bytes.getShort(44 + 2 * i) / 32768f;
        }
        return wave;
    }

    private static long[] sampleOffsets(List<Clip> clips) {
        long[] offsets = new long[clips.size() + 1];
        for (int b = 0; b < clips.size(); b++) {
            offsets[b + 1] = offsets[b] + clips.get(b).wave().length;
        }
        return offsets;
    }

    private static long packedWave(Device device, List<Clip> clips) {
        return device.upload(4 * sampleOffsets(clips)[clips.size()], bytes -> clips.forEach(clip -> {
            for (float sample : clip.wave()) {
                bytes.putFloat(sample);
            }
        }));
    }

    /** The numbers in the line behind the component's. */
    private static float[] cmvn(String component) throws IOException {
        List<String> lines = Files.readAllLines(Shared.path("models/paraformer-large-config/am.mvn"));
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (lines.get(i).startsWith(component)) {
                String line = lines.get(i + 1);
                String[] numbers = line.substring(line.indexOf('[') + 1, line.indexOf(']')).trim().split("\\s+");
                float[] values = new float[numbers.length];
                for (int n = 0; n < numbers.length; n++) {
                    values[n] = Float.parseFloat(numbers[n]);
                }
                return values;
            }
        }
        throw new AssertionError("am.mvn has no " + component);
    }
}
