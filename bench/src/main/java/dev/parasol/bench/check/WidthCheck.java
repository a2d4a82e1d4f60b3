package dev.parasol.bench.check;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Child;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.bench.StageReference;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A synthetic model of paraformer-large's width on the chosen device against the same on the software device. */
final class WidthCheck implements Check {
    private static final List<String> RECORDINGS = List.of("utt-02.wav", "utt-07.wav");

    @Override
    public void run(CheckSetting setting, Report report) throws IOException {
        report.section("A model at width 512 on " + setting.device() + " against the software device");
        try (TemporaryFolder folder = new TemporaryFolder(); InputStream config = WidthCheck.class.getResourceAsStream("/dev/parasol/bench/width512/config.yaml")) {
            Files.copy(config, folder.path().resolve("config.yaml"));
            String model = "synth:" + folder.path();
            for (Precision precision : Precision.values()) {
                try (OpenModel open = new OpenModel(setting.device(), model, precision)) {
                    for (String recording : RECORDINGS) {
                        compare(setting, open, model, precision, recording, folder.path(), report);
                    }
                }
            }
        }
    }

    private static void compare(CheckSetting setting, OpenModel open, String model, Precision precision, String recording, Path folder, Report report) {
        String name = precision.text();
        Path wav = setting.samples().resolve("audio").resolve(recording);
        Path file = folder.resolve(name + "-" + recording + ".safetensors");
        Child.java(Map.of(), "dev.parasol.cli.Main", List.of("stages", "--device", "soft:0", "--model", model, "--precision", name, "--wav", wav.toString(), "--out",
                file.toString())).orThrow("the software device's process");
        StageRecorder recorder = StageRecorder.all();
        open.model().run(List.of(AudioReader.read(wav).samples()), recorder);
        try (StageReference reference = StageReference.open(file)) {
            reference.compare(report, name + " " + recording, "", recorder, 0, StageReference.Limits.of(precision), true);
        }
    }
}
