package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integrate and fire on FunASR's own weights, all utterances of a file in one batch: the same peaks, tokens and embeddings. */
class CifGoldenTest {
    @ParameterizedTest
    @CsvSource({"models/sanm512/golden.safetensors, 512", "audio/digits/stages.safetensors, 128"})
    void tokensAreFunAsrs(String file, int width) {
        try (Golden golden = new Golden(file); Device device = new Device()) {
            List<String> names = golden.names().stream().filter(name -> name.endsWith(".alphas")).map(name -> name.substring(0, name.indexOf('.'))).sorted().toList();
            int batch = names.size();
            assertThat(batch).isGreaterThanOrEqualTo(3);
            int[] offsets = Device.offsets(names.stream().mapToInt(name -> golden.rows(name + ".encoder_out")).toArray());
            int rows = offsets[batch];
            Ragged frames = new Ragged(device.ints(offsets), batch, rows);
            long alphas = device.upload(4L * (rows + batch), bytes -> names.forEach(name -> put(bytes, golden.floats(name + ".alphas"))));
            long hidden = device.upload(4L * rows * width, bytes -> names.forEach(name -> put(bytes, golden.floats(name + ".encoder_out"))));
            long peaks = device.allocate(4L * (rows + batch));
            long fires = device.allocate(4L * rows);
            long remainders = device.allocate(4L * rows);
            long counts = device.allocate(4L * batch);
            long tokenOffsets = device.allocate(4L * (batch + 1));
            Matrix embeds = device.matrix(rows, width);

            device.kernels().cifFire().launch(device.stream(), alphas, frames, false, peaks, fires, remainders, counts);
            device.kernels().tokenOffsets().launch(device.stream(), counts, batch, tokenOffsets);
            device.kernels().cifEmbed().launch(device.stream(), new Matrix(hidden, embeds.type(), rows, width, width), alphas, fires, remainders,
                    frames.offsets(), new Ragged(tokenOffsets, batch, rows), embeds);

            float[] actualPeaks = device.readFloats(peaks, rows + batch);
            int[] actualTokens = device.readInts(tokenOffsets, batch + 1);
            float[] actualEmbeds = device.read(embeds);
            for (int b = 0; b < batch; b++) {
                String name = names.get(b);
                float[] expectedPeaks = golden.floats(name + ".cif_peak");
                for (int t = 0; t < expectedPeaks.length; t++) {
                    assertThat(actualPeaks[offsets[b] + b + t]).as("peak %d of %s", t, name).isEqualTo(expectedPeaks[t]);
                }
                assertThat(actualTokens[b + 1] - actualTokens[b]).as("tokens of " + name).isEqualTo((int) golden.floats(name + ".token_num")[0]);
                if (golden.names().contains(name + ".acoustic_embeds")) {
                    double error = Golden.relativeError(actualEmbeds, actualTokens[b] * width, golden.floats(name + ".acoustic_embeds"));
                    assertThat(error).as("embeddings of " + name).isLessThan(2e-6);
                }
            }
            assertThat(actualEmbeds[actualTokens[batch] * width]).as("behind the last token").isNaN();
        }
    }

    private static void put(ByteBuffer bytes, float[] values) {
        for (float value : values) {
            bytes.putFloat(value);
        }
    }
}
