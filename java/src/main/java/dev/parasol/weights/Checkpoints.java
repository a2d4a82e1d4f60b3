package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens checkpoint files, by what is in them and not by their name. */
public final class Checkpoints {
    private Checkpoints() {}

    /** Opens a PyTorch or safetensors file; the caller closes it. */
    public static Checkpoint open(Path file) {
        if (Files.isDirectory(file)) {
            throw new ModelException(FileErrors.name(file) + " is a folder, expected a checkpoint file");
        }
        byte[] head;
        try (var in = Files.newInputStream(file)) {
            head = in.readNBytes(9);
        } catch (NoSuchFileException e) {
            throw new ModelException(file + " is missing, expected model.pt or model.safetensors", e);
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + FileErrors.reason(e), e);
        }
        if (head.length >= 2 && head[0] == 'P' && head[1] == 'K') {
            return TorchCheckpoint.open(file);
        }
        if (head.length == 9 && head[8] == '{') {
            return SafetensorsCheckpoint.open(file);
        }
        if (head.length >= 2 && head[0] == (byte) 0x80) {
            throw new ModelException(file + " is in PyTorch's old format (before 1.6), expected its zip format: load and save it with a newer PyTorch");
        }
        throw new ModelException(file + (head.length == 0 ? " is empty" : " is neither a PyTorch zip file nor safetensors")
                + ", expected a checkpoint");
    }
}
