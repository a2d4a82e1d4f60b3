package dev.parasol.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** How the readers of model folders are called, and how inputs become files that get past the first checks. */
public final class WeightInputs {
    private static final int TENSORS_READ = 4;
    private static final int ELEMENTS_READ = 256;
    private static final int MOST_DATA = 4096;
    private static final int MVN_SIZE = 4;
    private static final Pattern OFFSETS = Pattern.compile("\"data_offsets\"\\s*:\\s*\\[\\s*\\d{1,4}\\s*,\\s*(\\d{1,4})\\s*]");
    private static final String CONFIG = """
            model: Paraformer
            frontend: WavFrontend
            frontend_conf: {lfr_m: 7, lfr_n: 6}
            encoder: SANMEncoder
            encoder_conf: {input_layer: pe, selfattention_layer_type: sanm, output_size: 128, attention_heads: 4, num_blocks: 4}
            decoder: ParaformerSANMDecoder
            decoder_conf: {attention_heads: 4, num_blocks: 2, att_layer_num: 2}
            predictor: CifPredictorV2
            predictor_conf: {idim: 128, l_order: 1, r_order: 1}
            """;

    private static final Map<Path, ModelFolder> FOLDERS = new ConcurrentHashMap<>();

    private WeightInputs() {}

    /** Opens a checkpoint and reads of its first tensors. */
    public static void safetensors(Path file) {
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(file)) {
            readSome(checkpoint);
        }
    }

    /** Opens a checkpoint and reads of its first tensors. */
    public static void torch(Path file) {
        try (Checkpoint checkpoint = TorchCheckpoint.open(file)) {
            readSome(checkpoint);
        }
    }

    private static void readSome(Checkpoint checkpoint) {
        for (String name : checkpoint.names().stream().limit(TENSORS_READ).toList()) {
            TensorInfo info = checkpoint.info(name);
            long count = Math.min(info.count(), ELEMENTS_READ);
            checkpoint.read(name, info.count() - count, ByteBuffer.allocate((int) count * info.type().bytes()));
        }
    }

    /** Reads {@code config.yaml} as that of the kind of model that it names. */
    public static void config(Path file) {
        ConfigSection section = ConfigReader.parse(file.toString(), SmallFile.read(file, ConfigReader.MAX_BYTES));
        String model = section.text("model", "");
        switch (model) {
            case "FsmnVADStreaming" -> VadConfigReader.read(section);
            case "CTTransformer" -> PunctuationConfigReader.read(file.toString(), section);
            case "CAMPPlus" -> SpeakerConfigReader.read(section);
            default -> ConfigReader.read(file.toString(), section);
        }
    }

    /** Reads the {@code configuration.json} of a folder and asks for every name in it. */
    public static void configuration(Path file) {
        ConfigSection empty = new ConfigSection("config.yaml", "", Map.of());
        FolderFiles files = new FolderFiles(file.getParent());
        files.config();
        files.checkpoint();
        files.tokens(empty);
        files.cmvn(empty);
    }

    /** Reads {@code am.mvn} of four dimensions. */
    public static void mvn(Path file) {
        CmvnReader.parse(file.toString(), SmallFile.read(file, CmvnReader.MAX_BYTES), MVN_SIZE);
    }

    /** Reads {@code tokens.json}. */
    public static void tokens(Path file) {
        VocabularyReader.parse(file.toString(), SmallFile.read(file, VocabularyReader.MAX_BYTES));
    }

    /** Asks a model folder which layers it holds, once all of them and once the first of each side. */
    public static void keptLayers(Path file) {
        ModelFolder folder = folder(file);
        folder.keptLayers(LayerMask.ALL);
        folder.keptLayers(LayerMask.parse("0,d0"));
    }

    /** Asks a model folder how its layers are quantized, and for a scheme by layer. */
    public static void quantization(Path file) {
        ModelFolder folder = folder(file);
        ask(folder, folder.schemes(null));
    }

    /** Reads schemes by layer and asks for them in a model that is not quantized. */
    public static void schemes(Path file) {
        LinearSchemes schemes = LinearSchemes.read(file);
        ModelFolder folder = folder(file);
        ask(folder, folder.schemes(schemes));
    }

    private static void ask(ModelFolder folder, LinearSchemes schemes) {
        ModelTensors.linears(folder.config()).forEach(schemes::of);
    }

    /** The folder in which a file lies, with a configuration, which is read once. */
    private static ModelFolder folder(Path file) {
        return FOLDERS.computeIfAbsent(file.getParent(), folder -> {
            try {
                Files.writeString(folder.resolve("config.yaml"), CONFIG);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return ModelFolder.open(folder.toString());
        });
    }

    /** The input up to its last brace as a header whose length is right, before as many bytes as its tensors ask for. */
    public static byte[] fittedSafetensors(byte[] input) {
        int end = input.length;
        while (end > 0 && input[end - 1] != '}') {
            end--;
        }
        if (end <= 8 || input[0] == 0) {
            return input;                           // as it is: lengths, too, are tried
        }
        byte[] header = Arrays.copyOfRange(input, 8, end);
        Matcher offsets = OFFSETS.matcher(new String(header, StandardCharsets.ISO_8859_1));
        int data = 0;
        while (offsets.find()) {
            data = Math.max(data, Math.min(MOST_DATA, Integer.parseInt(offsets.group(1))));
        }
        return safetensors(header, data);
    }

    /** A checkpoint without tensors whose metadata name the input as the layers that it holds. */
    public static byte[] withKeptLayers(byte[] input) {
        return withMetadata(ModelFolder.KEEP_LAYERS, input);
    }

    /** A checkpoint without tensors whose metadata have the input as a description of how it is quantized. */
    public static byte[] withQuantization(byte[] input) {
        return withMetadata(ModelFolder.QUANTIZATION, input);
    }

    private static byte[] withMetadata(String key, byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1).replace("\\", "\\\\").replace("\"", "\\\"");
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"" + key + "\":\"");
        text.chars().forEach(c -> json.append(c < ' ' ? String.format("\\u%04x", c) : Character.toString(c)));
        return safetensors(json.append("\"}}").toString().getBytes(StandardCharsets.UTF_8), 0);
    }

    private static byte[] safetensors(byte[] header, int data) {
        return ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array();
    }

    /** A checkpoint of two storages whose description is the input. */
    public static byte[] withPickle(byte[] input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, "a/data.pkl", input);
            put(zip, "a/data/0", new byte[16]);
            put(zip, "a/data/1", new byte[48]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);      // memory does not fail
        }
        return out.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
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
}
