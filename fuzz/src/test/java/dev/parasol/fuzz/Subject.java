package dev.parasol.fuzz;

import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioInputs;
import dev.parasol.memory.InstanceException;
import dev.parasol.memory.PlanInstance;
import dev.parasol.memory.Replay;
import dev.parasol.pipeline.TranscribeOptions;
import dev.parasol.scoring.KaldiTable;
import dev.parasol.scoring.TableException;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.WeightInputs;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The readers of files that anyone may have made. Each either takes a file or refuses it by its own exception, whose message
 * names the file, and allocates at most {@link #FIXED_BYTES} and {@link #bytesPerByte} times the file's size on the way.
 */
public enum Subject {
    /** The shortest metadata take 8 bytes each and make two texts, an entry and their place in the set of names seen. */
    SAFETENSORS("model.safetensors", 2048, 256, ModelException.class, WeightInputs::safetensors, WeightInputs::fittedSafetensors),
    /** One opcode makes an empty mapping of 56 bytes and its place on a stack that doubles; tables grow at the first item. */
    PICKLE("model.pt", 1024, 512, ModelException.class, WeightInputs::torch, WeightInputs::withPickle),
    /** The same, and what java.util.zip keeps of the directory. */
    TORCH("model.pt", 4096, 512, ModelException.class, WeightInputs::torch, UnaryOperator.identity()),
    /** SnakeYAML makes marks, events, tokens and nodes of every character, and copies merged mappings up to 20 times. */
    CONFIG("config.yaml", 2048, 4096, ModelException.class, WeightInputs::config, UnaryOperator.identity()),
    /** Jackson's nodes: an empty array takes two bytes and 100 of memory. */
    CONFIGURATION("configuration.json", 1024, 512, ModelException.class, WeightInputs::configuration, UnaryOperator.identity()),
    /** A word of one letter makes a text of 48 bytes. */
    MVN("am.mvn", 1024, 64, ModelException.class, WeightInputs::mvn, UnaryOperator.identity()),
    /** A token of one letter takes 4 bytes and makes a text of 48 and its place in a list. */
    TOKENS("tokens.json", 1024, 64, ModelException.class, WeightInputs::tokens, UnaryOperator.identity()),
    /** Two samples of four bytes come out of each byte of 8-bit samples at 8 kHz, read twice; a chunk is 8 bytes and takes two buffers. */
    WAV("a.wav", 1024, 256, AudioException.class, AudioInputs::read, AudioInputs::wavWithCheapRate),
    /** 512 samples of four bytes a byte, in parts and then in one array; five minutes of silence and a decoder's arrays, in the fixed part. */
    FLAC("a.flac", 512, 512 * 4 * 2, AudioException.class, AudioInputs::read, AudioInputs::flacWithCheapRate),
    /** A line of a problem takes 8 bytes and makes texts of its fields, boxed and in sets. */
    PLAN("a.csv", 1024, 256, InstanceException.class, PlanInstance::read, UnaryOperator.identity()),
    REPLAY("a.csv", 1024, 256, InstanceException.class, Replay::read, UnaryOperator.identity()),
    /** A layer may be numbered up to 999,999, which takes that many bits, in the fixed part. */
    LAYERS("layers.txt", 512, 512, ModelException.class, LayerMask::read, UnaryOperator.identity()),
    /** What a pruned model says of itself. */
    KEPT_LAYERS("model.safetensors", 512, 512, ModelException.class, WeightInputs::keptLayers, WeightInputs::withKeptLayers),
    /** What a quantized model says of itself; Jackson's nodes, as in configuration.json, and what a JSON text takes in a header. */
    QUANTIZATION("model.safetensors", 1024, 1024, ModelException.class, WeightInputs::quantization, WeightInputs::withQuantization),
    /** What a user says of a model's layers. */
    SCHEMES("mixed.json", 1024, 512, ModelException.class, WeightInputs::schemes, UnaryOperator.identity()),
    /** FunASR's options, as config.yaml. */
    OPTIONS("options.yaml", 1024, 4096, ModelException.class, file -> TranscribeOptions.builder().file(file).build(), UnaryOperator.identity()),
    KALDI("text", 1024, 256, TableException.class, KaldiTable::read, UnaryOperator.identity());

    /** Buffers, tables of filters, classes loaded at the first use. */
    static final long FIXED_BYTES = 64L << 20;

    private final String fileName;
    private final int mostBytes;
    private final long bytesPerByte;
    private final Class<? extends RuntimeException> refusal;
    private final Consumer<Path> reader;
    private final UnaryOperator<byte[]> form;

    Subject(String fileName, int mostBytes, long bytesPerByte, Class<? extends RuntimeException> refusal, Consumer<Path> reader, UnaryOperator<byte[]> form) {
        this.fileName = fileName;
        this.mostBytes = mostBytes;
        this.bytesPerByte = bytesPerByte;
        this.refusal = refusal;
        this.reader = reader;
        this.form = form;
    }

    /** The name of the folder of inputs, and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String fileName() {
        return fileName;
    }

    /** The size up to which inputs are made. */
    int mostBytes() {
        return mostBytes;
    }

    long bytesPerByte() {
        return bytesPerByte;
    }

    Class<? extends RuntimeException> refusal() {
        return refusal;
    }

    void read(Path file) {
        reader.accept(file);
    }

    /** The file that an input stands for: the input itself, or that with sums and lengths put right, so that it is read farther. */
    byte[] file(byte[] input) {
        return form.apply(input);
    }
}
