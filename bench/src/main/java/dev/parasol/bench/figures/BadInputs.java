package dev.parasol.bench.figures;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes recordings and model folders that are broken in one way each, in a folder of its own. */
final class BadInputs {
    private static final int RATE = 16_000;
    private static final short PCM = 1;
    private static final short FLOAT = 3;
    private static final int HEADER = 44;

    private final Path folder;
    private final Path model;

    /** @param model a good model folder with {@code model.pt} */
    BadInputs(Path folder, Path model) {
        this.folder = folder;
        this.model = model;
    }

    Path emptyFile() throws IOException {
        return Files.createFile(folder.resolve("empty.wav"));
    }

    Path textFile() throws IOException {
        return Files.writeString(folder.resolve("text.wav"), "These are words and no recording.\n".repeat(100));
    }

    /** The first half of a recording, whose header still promises all of it. */
    Path truncated(Path recording) throws IOException {
        byte[] bytes = Files.readAllBytes(recording);
        return Files.write(folder.resolve("truncated.wav"), Arrays.copyOf(bytes, bytes.length / 2));
    }

    Path oneSample() throws IOException {
        return wav("one-sample.wav", PCM, 2, 1, bytes -> bytes.putShort((short) 1000));
    }

    Path silence(int seconds) throws IOException {
        return wav("silence.wav", PCM, 2, seconds * RATE, bytes -> bytes.position(bytes.limit()));
    }

    Path noise(int seconds) throws IOException {
        Random random = new Random(seconds);
        return wav("noise.wav", PCM, 2, seconds * RATE, bytes -> {
            while (bytes.hasRemaining()) {
                bytes.putShort((short) (3000 * random.nextGaussian()));
            }
        });
    }

    /** One second in which sample 123 is not a number. */
    Path nanSamples() throws IOException {
        return wav("nan.wav", FLOAT, 4, RATE, bytes -> {
            for (int i = 0; i < RATE; i++) {
                bytes.putFloat(i == 123 ? Float.NaN : 0.1f);
            }
        });
    }

    private interface Samples {
        void put(ByteBuffer bytes);
    }

    private Path wav(String name, short format, int sampleBytes, int samples, Samples content) throws IOException {
        int data = samples * sampleBytes;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + data).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEADER - 8 + data).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        bytes.putShort(format).putShort((short) 1).putInt(RATE).putInt(RATE * sampleBytes).putShort((short) sampleBytes).putShort((short) (8 * sampleBytes));
        bytes.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(data);
        content.put(bytes);
        return Files.write(folder.resolve(name), bytes.array());
    }

    /** Everything but the tokens. */
    Path withoutTokens() throws IOException {
        Path copy = copy("no-tokens", "config.yaml", "am.mvn");
        Files.copy(model.resolve("model.pt"), copy.resolve("model.pt"));
        return copy;
    }

    Path truncatedCheckpoint() throws IOException {
        Path copy = copy("truncated-model", "config.yaml", "am.mvn", "tokens.json");
        byte[] bytes = Files.readAllBytes(model.resolve("model.pt"));
        Files.write(copy.resolve("model.pt"), Arrays.copyOf(bytes, bytes.length * 2 / 3));
        return copy;
    }

    /** A checkpoint whose pickle asks for {@code os.system("touch MARKER")}. */
    Path callingPickle(Path marker) throws IOException {
        Path copy = copy("calling-pickle", "config.yaml", "am.mvn", "tokens.json");
        byte[] command = ("touch " + marker).getBytes(StandardCharsets.UTF_8);
        ByteBuffer pickle = ByteBuffer.allocate(64 + command.length).order(ByteOrder.LITTLE_ENDIAN);
        pickle.put((byte) 0x80).put((byte) 2).put("cos\nsystem\n".getBytes(StandardCharsets.US_ASCII));
        pickle.put((byte) 'X').putInt(command.length).put(command).put((byte) 0x85).put((byte) 'R').put((byte) '.');
        byte[] program = Arrays.copyOf(pickle.array(), pickle.position());
        try (OutputStream file = Files.newOutputStream(copy.resolve("model.pt")); ZipOutputStream zip = new ZipOutputStream(file)) {
            stored(zip, "archive/data.pkl", program);
            stored(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return copy;
    }

    private static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 sum = new CRC32();
        sum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** A checkpoint in which one tensor has lost its last row. */
    Path wrongShape(Path stored, String tensor) throws IOException {
        Path copy = copy("wrong-shape", "config.yaml", "am.mvn", "tokens.json");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint file = SafetensorsCheckpoint.open(stored)) {
            for (String name : file.names()) {
                float[] values = HostTensors.floats(file, name);
                long[] shape = file.info(name).shape().clone();
                if (name.equals(tensor)) {
                    values = Arrays.copyOf(values, (int) (values.length / shape[0] * (shape[0] - 1)));
                    shape[0]--;
                }
                writer.add(name, shape, values);
            }
        }
        writer.write(copy.resolve("model.safetensors"));
        return copy;
    }

    private Path copy(String name, String... files) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        for (String file : files) {
            Files.write(copy.resolve(file), Files.readAllBytes(model.resolve(file)));
        }
        return copy;
    }
}
