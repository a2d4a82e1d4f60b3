package dev.parasol.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code convert}: a FunASR folder with {@code model.pt} becomes the same folder with {@code model.safetensors}. */
@Command(
        name = "convert",
        description = "Write a model folder with model.safetensors in place of model.pt.",
        mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String WEIGHTS = "model.safetensors";

    /** How floats are stored. */
    enum Stored {
        FP32,
        FP16
    }

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "fp32 (default) or fp16.")
    Stored precision;

    @Parameters(index = "0", paramLabel = "MODEL", description = "FunASR model folder.")
    Path model;

    @Parameters(index = "1", paramLabel = "OUT", description = "Folder to write; it must not exist.")
    Path out;

    @Override
    public Integer call() throws IOException {
        ModelFolder.open(model.toString());
        if (Files.exists(out)) {
            throw new ModelException(out + " exists already, expected the name of a new folder");
        }
        Path parent = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(parent)) {
            throw new ModelException(parent + " does not exist, so " + out + " cannot be written");
        }
        Path aside = Files.createTempDirectory(parent, out.getFileName() + ".partial");
        try {
            copySmallFiles(aside);
            long bytes = writeWeights(aside.resolve(WEIGHTS));
            Files.setPosixFilePermissions(aside, Files.getPosixFilePermissions(parent));
            Files.move(aside, out, StandardCopyOption.ATOMIC_MOVE);
            System.out.println(out + ": " + bytes + " bytes of weights");
        } finally {
            deleteFolder(aside);
        }
        return 0;
    }

    private void copySmallFiles(Path target) throws IOException {
        for (String name : List.of("config.yaml", "configuration.json", "am.mvn", "tokens.json", "tokens.txt", "seg_dict")) {
            Path file = model.resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, target.resolve(name));
            }
        }
    }

    private long writeWeights(Path file) throws IOException {
        Path source = Files.exists(model.resolve(WEIGHTS)) ? model.resolve(WEIGHTS) : model.resolve("model.pt");
        DataType floats = precision == Stored.FP16 ? DataType.F16 : DataType.F32;
        try (Checkpoint checkpoint = Checkpoints.open(source);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            List<TensorInfo> tensors = new ArrayList<>();
            for (String name : checkpoint.names()) {
                tensors.add(checkpoint.info(name));
            }
            write(channel, header(tensors, floats));
            for (TensorInfo tensor : tensors) {
                TensorStream.copy(checkpoint, tensor, TensorStream.typeOf(tensor, floats), piece -> writeUnchecked(channel, piece));
            }
            return channel.size();
        }
    }

    private static ByteBuffer header(List<TensorInfo> tensors, DataType floats) throws IOException {
        ObjectNode header = MAPPER.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long position = 0;
        for (TensorInfo tensor : tensors) {
            DataType type = TensorStream.typeOf(tensor, floats);
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", type.name());
            for (long size : tensor.shape()) {
                entry.withArray("shape").add(size);
            }
            entry.withArray("shape");
            entry.putArray("data_offsets").add(position).add(position += tensor.count() * type.bytes());
        }
        byte[] json = MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        // Spaces behind the header put the tensors at a multiple of 64 bytes in the file.
        int padded = (json.length + 8 + 63) / 64 * 64 - 8;
        ByteBuffer bytes = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void writeUnchecked(FileChannel channel, ByteBuffer bytes) {
        try {
            write(channel, bytes);
        } catch (IOException e) {
            throw new ModelException("the weights cannot be written: " + e.getMessage(), e);
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
