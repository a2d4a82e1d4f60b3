package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Numbers;
import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.kernels.Fbank;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.ForwardPlan;
import dev.parasol.model.FsmnVad;
import dev.parasol.model.VadMemory;
import dev.parasol.pipeline.Segment;
import dev.parasol.pipeline.VadStream;
import dev.parasol.pipeline.VoiceDetector;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.VadFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Voice activity detection: scores and segments against FunASR's, segments against people's labels, memory against its plan. */
final class VadFigure implements Figure {
    private static final double LIMIT = 1e-3;
    private static final int SAMPLES_OF_MS = 16;
    private static final int[] CHUNKS_MS = {10, 100, 1000};
    private static final Map<String, Integer> SETTINGS = new LinkedHashMap<>();

    static {
        SETTINGS.put("default", null);
        SETTINGS.put("max_end_silence_time=800", 800);
    }

    @Override
    public void take(Setting setting, Report report) throws IOException {
        scores(setting, report);
        Path audio = setting.shared().resolve("audio/vad");
        JsonNode expected = new ObjectMapper().readTree(audio.resolve("segments.json").toFile());
        Map<String, float[]> clips = new LinkedHashMap<>();
        expected.fieldNames().forEachRemaining(name -> clips.put(name, AudioReader.read(audio.resolve(name)).samples()));
        report.section("Voice activity: clips whose segments are FunASR's");
        Map<String, Map<String, List<Segment>>> found = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> each : SETTINGS.entrySet()) {
            found.put(each.getKey(), segments(setting, report, each.getKey(), each.getValue(), clips, expected));
        }
        report.section("Voice activity: agreement with people's labels, frame by frame");
        for (Map.Entry<String, Map<String, List<Segment>>> each : found.entrySet()) {
            agreement(report, audio, each.getKey(), each.getValue(), clips);
        }
    }

    private static String model(Setting setting) {
        return setting.shared().resolve("models/fsmn-vad").toString();
    }

    private static void scores(Setting setting, Report report) {
        report.section("Voice activity: largest absolute error of a score");
        VadFolder folder = VadFolder.open(model(setting));
        try (SafetensorsCheckpoint golden = SafetensorsCheckpoint.open(setting.shared().resolve("golden/fsmn-vad/scores.safetensors"));
                CudaContext context = CudaContext.open(setting.device());
                MemorySystem memory = new MemorySystem(context, Budget.of(context))) {
            try (FsmnVad vad = FsmnVad.load(context, memory, folder, true, Progress.NONE)) {
                for (String name : golden.names().stream().filter(n -> n.endsWith(".scores")).sorted().toList()) {
                    String clip = name.substring(0, name.length() - ".scores".length());
                    float[] samples = AudioReader.read(setting.shared().resolve("audio/vad").resolve(clip)).samples();
                    report.atMost(clip, Numbers.largestError(HostTensors.floats(golden, name), scores(vad, samples)), LIMIT);
                }
            }
            try (FsmnVad vad = FsmnVad.load(context, memory, folder, Progress.NONE)) {
                ForwardPlan plan = FsmnVad.plan(vad.config());
                long weights = FsmnVad.weightBytes(vad.config());
                report.row("device memory of weights and activations", memory.weights().used() + " + " + memory.slab(0).used(),
                        "planned " + weights + " + " + plan.peakBytes(), memory.weights().used() == weights && memory.slab(0).used() == plan.peakBytes());
            }
        }
    }

    private static float[] scores(FsmnVad vad, float[] samples) {
        int rows = Fbank.rows(samples.length);
        int classes = vad.config().classes();
        float[] all = new float[rows * classes];
        VadMemory memory = vad.newMemory();
        for (int frame = 0; frame < rows; frame += FsmnVad.BLOCK_FRAMES) {
            int count = Math.min(FsmnVad.BLOCK_FRAMES, rows - frame);
            int first = Math.max(0, frame - vad.before());
            int window = Math.min(rows, frame + count + vad.behind()) - first;
            float[] block = vad.scores(memory, samples, first * Fbank.FRAME_SHIFT, window, frame - first, count);
            System.arraycopy(block, 0, all, frame * classes, block.length);
        }
        return all;
    }

    private static Map<String, List<Segment>> segments(Setting setting, Report report, String name, Integer maxEndSilence, Map<String, float[]> clips,
            JsonNode expected) {
        VoiceDetector.Builder builder = VoiceDetector.builder().model(model(setting)).device(setting.device().toString());
        if (maxEndSilence != null) {
            builder.maxEndSilence(maxEndSilence);
        }
        Map<String, List<Segment>> found = new LinkedHashMap<>();
        try (VoiceDetector detector = builder.build()) {
            clips.forEach((clip, samples) -> found.put(clip, detector.detect(samples)));
            verdict(report, name + ", whole", name, found, expected);
            for (int chunk : CHUNKS_MS) {
                Map<String, List<Segment>> chunked = new LinkedHashMap<>();
                clips.forEach((clip, samples) -> chunked.put(clip, chunked(detector, samples, chunk * SAMPLES_OF_MS)));
                verdict(report, name + ", chunks of " + chunk + " ms", name, chunked, expected);
            }
        }
        return found;
    }

    private static List<Segment> chunked(VoiceDetector detector, float[] samples, int chunk) {
        VadStream stream = detector.open();
        List<Segment> segments = new ArrayList<>();
        for (int from = 0; from < samples.length; from += chunk) {
            segments.addAll(stream.accept(samples, from, Math.min(chunk, samples.length - from)));
        }
        segments.addAll(stream.finish());
        return segments;
    }

    private static void verdict(Report report, String what, String name, Map<String, List<Segment>> found, JsonNode expected) {
        int same = 0;
        for (Map.Entry<String, List<Segment>> clip : found.entrySet()) {
            List<Segment> segments = new ArrayList<>();
            expected.get(clip.getKey()).get(name).forEach(pair -> segments.add(new Segment(pair.get(0).asLong(), pair.get(1).asLong())));
            if (segments.equals(clip.getValue())) {
                same++;
            } else {
                report.note(what + " " + clip.getKey() + ": " + clip.getValue() + ", FunASR " + segments);
            }
        }
        report.row(what, same + " of " + found.size(), "all", same == found.size() && same > 0);
    }

    /** Labels name the clip, then begin, end and whether there is speech, again and again. */
    private static void agreement(Report report, Path audio, String name, Map<String, List<Segment>> found, Map<String, float[]> clips) throws IOException {
        long frames = 0;
        long same = 0;
        long speech = 0;
        long detected = 0;
        long both = 0;
        for (Map.Entry<String, List<Segment>> clip : found.entrySet()) {
            Path labels = audio.resolve(clip.getKey().replace(".wav", ".scv"));
            if (!Files.exists(labels)) {
                continue;
            }
            String[] fields = Files.readString(labels).strip().split(",");
            int count = clips.get(clip.getKey()).length / Fbank.FRAME_SHIFT;
            for (int frame = 0; frame < count; frame++) {
                long middle = frame * 10L + 5;
                boolean inSegment = clip.getValue().stream().anyMatch(s -> s.startMs() <= middle && middle < s.endMs());
                boolean labelled = labelled(fields, middle / 1000.0);
                frames++;
                same += inSegment == labelled ? 1 : 0;
                speech += labelled ? 1 : 0;
                detected += inSegment ? 1 : 0;
                both += inSegment && labelled ? 1 : 0;
            }
        }
        report.figure(name, String.format(Locale.ROOT, "%.2f %% of %d frames", 100.0 * same / frames, frames));
        report.figure(name + ", of what is found", String.format(Locale.ROOT, "%.2f %% is speech", 100.0 * both / detected));
        report.figure(name + ", of speech", String.format(Locale.ROOT, "%.2f %% is found", 100.0 * both / speech));
    }

    private static boolean labelled(String[] fields, double seconds) {
        for (int i = 1; i + 2 < fields.length; i += 3) {
            if (Double.parseDouble(fields[i]) <= seconds && seconds < Double.parseDouble(fields[i + 1])) {
                return fields[i + 2].equals("1");
            }
        }
        return false;
    }
}
