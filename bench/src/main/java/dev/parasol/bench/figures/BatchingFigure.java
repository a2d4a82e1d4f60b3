package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Report;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.ServiceReport;
import dev.parasol.pipeline.SpeechTranscriber;
import dev.parasol.pipeline.TranscribeOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * The batches that break FunASR, whose budget is checked before the closing segment is added and multiplied by its length: many
 * short segments and a long one.
 */
final class BatchingFigure implements Figure {
    private static final int RATE = 16_000;
    private static final double BATCH_SECONDS = 300;
    private static final double LONG_SECONDS = 59;
    /** Different short recordings among the many. */
    private static final int KINDS = 20;
    private static final long SEED = 6;

    @Override
    public void take(Setting setting, Report report) throws IOException {
        mix(setting, report, 290, 1.0);
        mix(setting, report, 400, 0.7);
    }

    private static void mix(Setting setting, Report report, int count, double seconds) throws IOException {
        report.section(String.format(Locale.ROOT, "Batching: %d recordings of %.1f s and one of %.0f s, batch_size_s %.0f, digits-tiny", count, seconds,
                LONG_SECONDS, BATCH_SECONDS));
        report.note(String.format(Locale.ROOT, "FunASR's padded batch: %d x %.0f s = %.0f s", count + 1, LONG_SECONDS, (count + 1) * LONG_SECONDS));
        float[] speech = AudioReader.read(setting.shared().resolve("audio/digits/long-0.wav")).samples();
        try (TemporaryFolder folder = new TemporaryFolder();
                SpeechTranscriber transcriber = SpeechTranscriber.builder().model(setting.shared().resolve("models/digits-tiny").toString())
                        .devices(setting.device().toString()).options(TranscribeOptions.builder().batchSeconds(BATCH_SECONDS).build()).build()) {
            List<Path> kinds = new ArrayList<>();
            Random random = new Random(SEED);
            for (int i = 0; i < KINDS; i++) {
                kinds.add(wav(folder.path().resolve(i + ".wav"), speech, random.nextInt(speech.length - RATE), (int) (seconds * RATE)));
            }
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                files.add(kinds.get(i % KINDS));
            }
            files.add(wav(folder.path().resolve("long.wav"), speech, 0, (int) (LONG_SECONDS * RATE)));
            Collections.shuffle(files, random);
            report(report, transcriber, files, count * seconds + LONG_SECONDS);
        }
    }

    private static void report(Report report, SpeechTranscriber transcriber, List<Path> files, double total) {
        List<FileResult> results = transcriber.transcribe(files);
        ServiceReport done = transcriber.report();
        ServiceReport.Device device = done.devices().get(0);
        long needed = (long) Math.ceil(total / BATCH_SECONDS);
        report.row("seconds packed in the largest batch", String.format(Locale.ROOT, "%.1f", done.largestBatchSeconds()),
                String.format(Locale.ROOT, "at most %.0f", BATCH_SECONDS), done.largestBatchSeconds() <= BATCH_SECONDS);
        report.row("seconds packed in all", String.format(Locale.ROOT, "%.1f", done.packedSeconds()), String.format(Locale.ROOT, "%.1f", total),
                Math.abs(done.packedSeconds() - total) < 0.1);
        report.row("batches", Long.toString(done.batches()), "at most " + (needed + 1), done.batches() <= needed + 1);
        report.row("bytes of activations of the largest batch, measured", Long.toString(device.measuredPeak()), "planned " + device.plannedPeak(),
                device.measuredPeak() == device.plannedPeak() && device.plannedPeak() > 0);
        Map<Path, String> texts = new HashMap<>();
        int same = 0;
        for (int i = 0; i < files.size(); i++) {
            String text = results.get(i).orThrow().text();
            same += results.get(i).file().equals(files.get(i)) && text.equals(texts.computeIfAbsent(files.get(i), file -> transcriber.transcribe(file).text())) ? 1 : 0;
        }
        report.row("texts in the order of the input, as when recognised alone", same + " of " + files.size(), "all", same == files.size());
    }

    private static Path wav(Path file, float[] speech, int from, int samples) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        bytes.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE).putShort((short) 2).putShort((short) 16);
        bytes.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
        for (int i = 0; i < samples; i++) {
            bytes.putShort((short) Math.round(speech[from + i] * Short.MAX_VALUE));
        }
        return Files.write(file, bytes.array());
    }
}
