package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Report;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.RecognitionException;
import dev.parasol.pipeline.Recognizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Two recognizers on one budget: with all the memory they want, with less, and one utterance for which there is too little. */
final class LimitMemory {
    private static final int FILES = 12;
    private static final int TOO_LONG_SECONDS = 60;
    private static final long CHUNK = 2 << 20;

    private final Setting setting;
    private final List<Path> files;

    LimitMemory(Setting setting) {
        this.setting = setting;
        this.files = IntStream.range(0, FILES).mapToObj(i -> setting.shared().resolve(String.format("audio/digits/utt-%02d.wav", i))).toList();
    }

    void take(Report report) {
        report.section("Memory: two recognizers of digits-tiny on one budget, " + FILES + " recordings each, at the same time");
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer one = recognizer(budget); Recognizer two = recognizer(budget)) {
            long weights = budget.used();
            List<String> expected = texts(one);
            long slab = budget.used() - weights;
            report.figure("without a limit", budget.used() + " bytes held, slab " + slab);
            limited(report, budget, List.of(one, two), budget.used(), expected, "room for one slab");
            limited(report, budget, List.of(one, two), weights + CHUNK, expected, "room for one chunk");
            tooLong(report, budget, one, expected);
        }
        report.row("held after closing", budget.used() + " bytes", "0", budget.used() == 0);
    }

    private Recognizer recognizer(Budget budget) {
        return Recognizer.builder().model(setting.shared().resolve("models/digits-tiny").toString()).device(setting.device().toString()).budget(budget).build();
    }

    private List<String> texts(Recognizer recognizer) {
        return recognizer.transcribe(files).stream().map(FileResult::orThrow).map(transcript -> transcript.text()).toList();
    }

    /** A limit below what is held takes effect as memory is given back; the budget never grows beyond it. */
    private void limited(Report report, Budget budget, List<Recognizer> recognizers, long limit, List<String> expected, String what) {
        budget.limitTo(limit);
        long retries = budget.count(MemoryCounter.RETRY);
        long splits = budget.count(MemoryCounter.SPLIT);
        List<CompletableFuture<List<String>>> calls = recognizers.stream().map(recognizer -> CompletableFuture.supplyAsync(() -> texts(recognizer))).toList();
        long same = calls.stream().map(CompletableFuture::join).filter(expected::equals).count();
        report.row(what + ": lists with the same texts", same + " of " + calls.size(), "all", same == calls.size());
        report.row(what + ": held in the end", budget.used() + " bytes", "at most " + limit, budget.used() <= limit);
        report.figure(what + ": retries, splits", budget.count(MemoryCounter.RETRY) - retries + ", " + (budget.count(MemoryCounter.SPLIT) - splits));
    }

    private void tooLong(Report report, Budget budget, Recognizer recognizer, List<String> expected) {
        float[] part = AudioReader.read(files.get(0)).samples();
        float[] samples = new float[TOO_LONG_SECONDS * 16_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = part[i % part.length];
        }
        String message = "none";
        try {
            recognizer.transcribe(samples);
        } catch (RecognitionException e) {
            message = e.getMessage();
        }
        report.row(TOO_LONG_SECONDS + " s that cannot fit", "an error", "says how much it needs", message.contains("need") && message.contains("MiB of device memory"));
        Arrays.stream(message.split("(?<=[;,]) ")).forEach(report::note);
        boolean unharmed = texts(recognizer).equals(expected);
        report.row("the others after it", unharmed ? "the same texts" : "different", "the same texts", unharmed);
        report.figure("utterances given up", Long.toString(budget.count(MemoryCounter.EXHAUSTED)));
    }
}
