package dev.parasol.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Numbers;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.kernel.Half;
import dev.parasol.bench.measure.Batch;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.DeviceUnavailableException;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import dev.parasol.weights.WeightSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code export}: a model's weights as Parasol rounds them, utterances, and what an fp32 pass makes of them, for the peers in
 * PyTorch; and how far Parasol's own fp16 is from that reference.
 */
@Command(name = "export", description = "Write a model, utterances and fp32 results for the peers in PyTorch, and compare Parasol's fp16 with them.",
        mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
    /** Of the whole model's log-probabilities in fp16, and of the ids that they may turn: the peers are held to the same. */
    private static final double LOG_PROB_LIMIT = 2e-2;
    private static final double ID_LIMIT = 0.1;

    @Mixin
    DeviceOption device;

    @Option(names = "--model", paramLabel = "MODEL", description = "A model's folder or a synthetic model (default: synth:paraformer-large on a GPU, the sample model on the software device).")
    String model;

    @Option(names = "--samples", defaultValue = "java/samples", paramLabel = "DIR", description = "Where the sample model is (default: ${DEFAULT-VALUE}).")
    Path samples;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Gets model.safetensors and batches.safetensors.")
    Path out;

    @Option(names = "--result", paramLabel = "FILE", description = "The comparison as JSON.")
    Path result;

    /** The results of one batch's utterances. */
    private record Reference(Batch batch, List<float[]> features, List<int[]> ids, float[] logProbs) {}

    @Override
    public Integer call() throws IOException {
        DeviceSpec spec = device.select();
        boolean gpu = spec.kind() == DeviceSpec.Kind.CUDA;
        String name = model != null ? model : gpu ? "synth:paraformer-large" : samples.resolve("digits-tiny").toString();
        List<Batch> batches = gpu ? List.of(Batch.uniform(60, 10), Batch.ragged(300)) : List.of(Batch.uniform(2, 1), Batch.ragged(4));
        try {
            Files.createDirectories(out);
            weights(ModelFolder.open(name));
            List<Reference> references = new ArrayList<>();
            try (OpenModel exact = new OpenModel(spec, name, Precision.FP32)) {
                for (Batch batch : batches) {
                    references.add(reference(exact, batch));
                }
                write(references, exact.model().config().frontend().featureSize(), exact.model().vocabulary().size());
            }
            return compare(spec, name, references);
        } catch (DeviceUnavailableException | ModelException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
    }

    private static Reference reference(OpenModel open, Batch batch) {
        List<float[]> features = batch.features(open.model().config().frontend().featureSize());
        StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
        open.model().runFeatures(features.subList(0, 1), recorder);
        return new Reference(batch, features, open.model().runFeatures(features, null), recorder.stage(0, StageRecorder.LOG_PROBS).floats());
    }

    private void weights(ModelFolder folder) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("config", config(folder.config()));
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (WeightSpec spec : ModelTensors.required(folder.config(), folder.vocabulary().size(), DataType.F16)) {
                boolean matrix = spec.type() == DataType.F16;
                TensorInfo info = new TensorInfo(spec.name(), matrix ? DataType.F16 : DataType.F32, spec.shape());
                DataType stored = checkpoint.info(spec.name()).type();
                writer.add(info, (buffer, from, to) -> put(checkpoint, spec.name(), stored, matrix, buffer, from, to));
            }
            writer.write(out.resolve("model.safetensors"));
        }
    }

    private static void put(Checkpoint checkpoint, String name, DataType stored, boolean half, ByteBuffer target, long from, long to) {
        ByteBuffer source = ByteBuffer.allocate((int) (to - from) * stored.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read(name, from, source);
        source.flip();
        while (source.hasRemaining()) {
            float value = stored == DataType.F16 ? Half.toFloat(source.getShort()) : source.getFloat();
            if (half) {
                target.putShort(Half.fromFloat(value));
            } else {
                target.putFloat(value);
            }
        }
    }

    private static String config(ModelConfig config) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("width", config.encoder().outputSize()).put("encoder_heads", config.encoder().attentionHeads()).put("encoder_blocks", config.encoder().numBlocks())
                .put("encoder_kernel", config.encoder().kernelSize()).put("encoder_left", config.encoder().fsmnLeft())
                .put("decoder_heads", config.decoder().attentionHeads()).put("decoder_blocks", config.decoder().numBlocks())
                .put("decoder_kernel", config.decoder().kernelSize()).put("decoder_left", config.decoder().fsmnLeft())
                .put("left", config.predictor().leftOrder()).put("right", config.predictor().rightOrder()).put("tail", config.predictor().tailThreshold())
                .put("smooth", config.predictor().smoothFactor()).put("noise", config.predictor().noiseThreshold());
        return node.toString();
    }

    private void write(List<Reference> references, int featureSize, int vocabulary) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (Reference reference : references) {
            String prefix = reference.batch().name() + "/";
            long[] frames = Arrays.stream(reference.batch().frames()).asLongStream().toArray();
            long[] tokens = reference.ids().stream().mapToLong(ids -> ids.length).toArray();
            float[] features = new float[(int) Arrays.stream(frames).sum() * featureSize];
            int at = 0;
            for (float[] rows : reference.features()) {
                System.arraycopy(rows, 0, features, at, rows.length);
                at += rows.length;
            }
            long[] ids = reference.ids().stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
            writer.add(prefix + "features", new long[] {features.length / featureSize, featureSize}, features);
            writer.add(prefix + "frames", new long[] {frames.length}, frames);
            writer.add(prefix + "tokens", new long[] {tokens.length}, tokens);
            writer.add(prefix + "ids", new long[] {ids.length}, ids);
            writer.add(prefix + "log_probs", new long[] {reference.logProbs().length / vocabulary, vocabulary}, reference.logProbs());
        }
        writer.write(out.resolve("batches.safetensors"));
    }

    private int compare(DeviceSpec spec, String name, List<Reference> references) {
        try (OpenModel half = new OpenModel(spec, name, Precision.FP16)) {
            ResultFile results = new ResultFile(half.context(), result, System.out);
            for (Reference reference : references) {
                StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
                half.model().runFeatures(reference.features().subList(0, 1), recorder);
                String shape = reference.batch().name();
                results.add(Entry.of("accuracy", "log-probabilities against fp32", "Parasol", shape)
                        .check(Numbers.relativeError(reference.logProbs(), recorder.stage(0, StageRecorder.LOG_PROBS).floats()), LOG_PROB_LIMIT));
                results.add(Entry.of("accuracy", "share of ids that differ from fp32's", "Parasol", shape)
                        .check(differing(reference.ids(), half.model().runFeatures(reference.features(), null)), ID_LIMIT));
            }
            results.line("written to " + out);
            return results.wrong() == 0 ? 0 : 1;
        }
    }

    /** The share of tokens that differ; all of an utterance's where their number does. */
    static double differing(List<int[]> expected, List<int[]> actual) {
        double total = 0;
        double differing = 0;
        for (int b = 0; b < expected.size(); b++) {
            int[] e = expected.get(b);
            int[] a = actual.get(b);
            total += e.length;
            if (e.length != a.length) {
                differing += e.length;
                continue;
            }
            for (int i = 0; i < e.length; i++) {
                differing += e[i] == a[i] ? 0 : 1;
            }
        }
        return total == 0 ? 0 : differing / total;
    }
}
