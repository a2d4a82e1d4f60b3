package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.files.FileErrors;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
            throw new ModelException(out + " cannot be written: the folder " + parent + " " + FileErrors.absent(parent));
        }
        Path aside;
        try {
            aside = Files.createTempDirectory(parent, ".partial");
        } catch (IOException e) {
            throw new ModelException(out + " cannot be written: " + FileErrors.reason(e), e);
        }
        try {
            copySmallFiles(aside);
            writeWeights(aside.resolve(WEIGHTS));
            Files.setPosixFilePermissions(aside, Files.getPosixFilePermissions(parent));
            Files.move(aside, out, StandardCopyOption.ATOMIC_MOVE);
            System.out.println(out + ": " + Files.size(out.resolve(WEIGHTS)) + " bytes of weights");
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

    private void writeWeights(Path file) {
        Path source = Files.exists(model.resolve(WEIGHTS)) ? model.resolve(WEIGHTS) : model.resolve("model.pt");
        DataType floats = precision == Stored.FP16 ? DataType.F16 : DataType.F32;
        try (Checkpoint checkpoint = Checkpoints.open(source)) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
            for (String name : checkpoint.names()) {
                TensorInfo tensor = checkpoint.info(name);
                DataType type = tensor.floating() ? floats : tensor.type();
                writer.add(new TensorInfo(name, type, tensor.shape()), new TensorElements(checkpoint, tensor, type));
            }
            writer.write(file);
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
