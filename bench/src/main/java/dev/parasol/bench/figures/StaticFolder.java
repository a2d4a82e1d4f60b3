package dev.parasol.bench.figures;

import dev.parasol.bench.Child;
import dev.parasol.files.FileErrors;
import dev.parasol.files.TemporaryFolder;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model quantized statically by the weights tools, on the recording that is not among those errors are counted on. Closing it deletes it. */
final class StaticFolder implements AutoCloseable {
    private final Path scratch;
    private final Path folder;

    StaticFolder(Setting setting, String model) throws IOException {
        if (!Files.isRegularFile(setting.weightsJar())) {
            throw new ModelException(setting.weightsJar() + " " + FileErrors.absent(setting.weightsJar()) + ", expected the weights tools: make build, or --weights-jar");
        }
        scratch = Files.createTempDirectory(TemporaryFolder.path(), "parasol-int8");
        folder = scratch.resolve("model");
        try {
            Path list = Files.writeString(scratch.resolve("wav.scp"), "long-0 " + setting.shared().resolve("audio/digits/long-0.wav").toAbsolutePath() + "\n");
            Child.jar(Map.of(), setting.weightsJar(), List.of("quantize", model, folder.toString(), "--schemes", "int8-static", "--audio", list.toString(),
                    "--device", setting.device().toString())).orThrow("quantize " + model);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The model folder. */
    String path() {
        return folder.toString();
    }

    @Override
    public void close() throws IOException {
        for (Path at : new Path[] {folder, scratch}) {
            if (Files.exists(at)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(at)) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
                Files.delete(at);
            }
        }
    }
}
