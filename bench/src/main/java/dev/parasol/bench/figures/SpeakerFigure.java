package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Numbers;
import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.ForwardPlan;
import dev.parasol.model.SpeakerNetwork;
import dev.parasol.pipeline.SpeakerEncoder;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.SpeakerFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Speaker embeddings against FunASR's, alone and in a batch, and memory against its plan. */
final class SpeakerFigure implements Figure {
    private static final double LIMIT = 1e-3;
    private static final int WINDOW = 24_000;
    private static final double MIB = 1 << 20;

    @Override
    public void take(Setting setting, Report report) throws IOException {
        Path folder = setting.shared().resolve("models/campplus-random");
        Path audio = setting.shared().resolve("audio/vad");
        float[] a = AudioReader.read(audio.resolve("testset-audio-01.wav")).samples();
        float[] b = AudioReader.read(audio.resolve("testset-audio-03.wav")).samples();
        Map<String, float[]> clips = new LinkedHashMap<>();
        clips.put("a-window", Arrays.copyOf(a, WINDOW));
        clips.put("b-window", Arrays.copyOf(b, WINDOW));
        clips.put("b-whole", b);
        report.section("Speakers: relative error of the embeddings");
        try (SpeakerEncoder encoder = SpeakerEncoder.builder().model(folder.toString()).device(setting.device().toString()).build();
                SafetensorsCheckpoint golden = SafetensorsCheckpoint.open(folder.resolve("golden.safetensors"))) {
            List<float[]> together = encoder.embed(List.copyOf(clips.values()));
            int at = 0;
            int same = 0;
            for (Map.Entry<String, float[]> clip : clips.entrySet()) {
                float[] embedding = encoder.embed(clip.getValue());
                report.atMost(clip.getKey(), Numbers.relativeError(HostTensors.floats(golden, clip.getKey() + ".embedding"), embedding), LIMIT);
                same += Arrays.equals(embedding, together.get(at++)) ? 1 : 0;
            }
            report.row("embeddings that are the same bits in a batch", same + " of " + clips.size(), "all", same == clips.size());
        }
        memory(setting, report, SpeakerFolder.open(folder.toString()), clips.get("a-window"));
    }

    private static void memory(Setting setting, Report report, SpeakerFolder folder, float[] window) {
        report.section("Speakers: device memory of a batch of " + SpeakerEncoder.BATCH + " windows");
        List<float[]> batch = Collections.nCopies(SpeakerEncoder.BATCH, window);
        ForwardPlan plan = SpeakerNetwork.plan(folder.config(), batch.stream().mapToLong(samples -> samples.length).toArray());
        try (CudaContext context = CudaContext.open(setting.device());
                MemorySystem memory = new MemorySystem(context, Budget.of(context));
                SpeakerNetwork network = SpeakerNetwork.load(context, memory, folder, Progress.NONE)) {
            long start = System.nanoTime();
            network.embed(batch);
            double seconds = (System.nanoTime() - start) / 1e9;
            long weights = SpeakerNetwork.weightBytes(folder.config());
            report.row("weights, MiB", memory.weights().used() / MIB + "", "as planned, " + weights / MIB, memory.weights().used() == weights);
            report.row("activations, MiB", memory.slab(0).used() / MIB + "", "as planned, " + plan.peakBytes() / MIB, memory.slab(0).used() == plan.peakBytes());
            report.row("peak over its lower bound", String.format(Locale.ROOT, "%.4f", (double) plan.peakBytes() / plan.lowerBound()), "at most 1.05",
                    plan.peakBytes() <= 1.05 * plan.lowerBound());
            report.note(String.format(Locale.ROOT, "%.1f s of sound in %.2f s on this device", batch.size() * 1.5, seconds));
        }
    }
}
