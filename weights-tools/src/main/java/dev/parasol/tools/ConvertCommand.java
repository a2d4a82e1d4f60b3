package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.quantize.DequantizedCheckpoint;
import dev.parasol.tools.run.PeakMemory;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code convert}: the same model folder with its weights in another format or precision. */
@Command(
        name = "convert",
        description = "Write a model folder with its weights in another format or precision.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A quantized folder becomes an ordinary one: int8 weights times their scales. What quantization rounded away or left out (decoder.embed,",
            "hotword parts) does not come back."
        })
final class ConvertCommand implements Callable<Integer> {
    /** How floats are stored. */
    enum Stored {
        FP32,
        FP16
    }

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "fp32 (default) or fp16.")
    Stored precision;

    @Option(names = "--format", paramLabel = "F", defaultValue = "safetensors", description = "safetensors (default) or pt, PyTorch's model.pt.")
    FolderWriter.Format format;

    @Parameters(index = "0", paramLabel = "MODEL", description = "FunASR model folder.")
    Path model;

    @Parameters(index = "1", paramLabel = "OUT", description = "Folder to write; it must not exist.")
    Path out;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        ModelFolder folder = ModelFolder.open(model.toString());
        FolderWriter writer = new FolderWriter(out)
                .format(format)
                .floats(precision == Stored.FP16 ? DataType.F16 : DataType.F32);
        try (Checkpoint checkpoint = DequantizedCheckpoint.of(folder.openCheckpoint())) {
            long bytes = writer.write(aside -> FolderWriter.copySmallFiles(model, aside), checkpoint);
            System.out.println(out + ": " + bytes + " bytes of weights");
        }
        System.out.println(PeakMemory.text(started));
        return 0;
    }
}
