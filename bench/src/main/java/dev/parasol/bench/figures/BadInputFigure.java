package dev.parasol.bench.figures;

import dev.parasol.bench.Child;
import dev.parasol.bench.Report;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.memory.Budget;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the command line answers to input that cannot be used, and what stays allocated after it. */
final class BadInputFigure implements Figure {
    private static final String TENSOR = "encoder.encoders.0.feed_forward.w_1.weight";
    private static final List<String> LIVE = List.of("bytes", "host_bytes", "allocations", "handles", "ranges", "mappings", "streams", "events", "modules", "contexts");

    /**
     * An input and the answer that it must have.
     *
     * @param exit the exit code
     * @param message what the answer must contain; empty where nothing has to be said
     * @param budget device memory that may be used, or 0 for no limit
     * @param device memory that the software device has, as its setting wants it, or null for the usual
     */
    private record Case(String name, Path model, Path file, int exit, String message, long budget, String device) {
        Case(String name, Path model, Path file, int exit, String message) {
            this(name, model, file, exit, message, 0, null);
        }
    }

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Bad input: exit code and message of the command line; what is left on the device");
        try (TemporaryFolder folder = new TemporaryFolder()) {
            Path marker = folder.path().resolve("called");
            for (Case input : cases(setting, folder.path(), marker)) {
                answer(setting, input, report);
                if (setting.device().kind() == DeviceSpec.Kind.SOFT && input.device() == null) {
                    leftovers(setting, input, report);
                }
            }
            report.row("the pickle's call was not made", Files.exists(marker) ? "made" : "not made", "", !Files.exists(marker));
        }
    }

    private static List<Case> cases(Setting setting, Path folder, Path marker) throws IOException {
        Path model = setting.shared().resolve("models/digits-tiny");
        Path good = setting.shared().resolve("audio/digits/utt-01.wav");
        BadInputs make = new BadInputs(folder, model);
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("empty file", model, make.emptyFile(), 1, "empty.wav"));
        cases.add(new Case("text file as WAV", model, make.textFile(), 1, "text.wav"));
        cases.add(new Case("truncated WAV", model, make.truncated(setting.shared().resolve("audio/digits/utt-07.wav")), 0, "truncated.wav"));
        cases.add(new Case("WAV of one sample", model, make.oneSample(), 0, ""));
        cases.add(new Case("30 minutes of silence", model, make.silence(30 * 60), 0, ""));
        cases.add(new Case("NaN samples", model, make.nanSamples(), 1, "123"));
        cases.add(new Case("folder as a file", model, folder, 1, folder.toString()));
        cases.add(new Case("missing tokens", make.withoutTokens(), good, 1, "tokens"));
        cases.add(new Case("truncated model.pt", make.truncatedCheckpoint(), good, 1, "model.pt"));
        cases.add(new Case("pickle that calls something", make.callingPickle(marker), good, 1, "os.system"));
        cases.add(new Case("tensor of a wrong shape", make.wrongShape(Path.of("java/samples/digits-tiny/model.safetensors"), TENSOR), good, 1, TENSOR));
        cases.add(new Case("model folder that is a file", good, good, 1, "is a file"));
        cases.add(new Case("memory limit below the weights", model, good, 1, "out of device memory", 4 << 20, null));
        if (setting.device().kind() == DeviceSpec.Kind.SOFT) {
            cases.add(new Case("full device memory, loading", model, good, 1, "out of device memory", 0, "4MiB"));
            cases.add(new Case("full device memory, transcribing", model, make.noise(30 * 60), 1, "noise.wav", 0, "16MiB"));
        }
        return cases;
    }

    private static void answer(Setting setting, Case input, Report report) {
        List<String> arguments = new ArrayList<>(List.of("transcribe", "--device", setting.device().toString(), "--model", input.model().toString()));
        if (input.budget() > 0) {
            arguments.addAll(List.of("--memory-limit", input.budget() + "B"));
        }
        arguments.add(input.file().toString());
        Child.Result result = Child.jar(input.device() == null ? Map.of() : Map.of("PARASOL_SOFT_MEMORY", input.device()), setting.jar(), arguments);
        boolean trace = result.err().lines().anyMatch(line -> line.startsWith("\tat ")) || result.err().contains("Exception in thread");
        boolean said = result.err().contains(input.message());
        report.row(input.name(), "exit " + result.exit() + (trace ? ", stack trace" : "") + (said ? "" : ", unclear"), "exit " + input.exit(),
                result.exit() == input.exit() && !trace && said);
        result.err().lines().forEach(line -> report.note("  stderr: " + line));
        result.out().lines().forEach(line -> report.note("  stdout: " + (line.isEmpty() ? "(empty line)" : line)));
    }

    /** The same input in this process, whose software device tells what is alive. */
    private static void leftovers(Setting setting, Case input, Report report) {
        Recognizer.Builder builder = Recognizer.builder().model(input.model().toString()).device(setting.device().toString())
                .budget(Budget.ofBytes(input.budget() > 0 ? input.budget() : Long.MAX_VALUE));
        boolean failed;
        try (Recognizer recognizer = builder.build()) {
            FileResult result = recognizer.transcribe(List.of(input.file())).get(0);
            failed = result.error().isPresent();
        } catch (RuntimeException e) {
            failed = true;
        }
        List<String> live = LIVE.stream().filter(what -> SoftDevice.live(what) != 0).map(what -> SoftDevice.live(what) + " " + what).toList();
        boolean asExpected = failed == (input.exit() != 0);
        report.row("  left allocated", live.isEmpty() ? "nothing" : String.join(", ", live), "nothing", live.isEmpty() && asExpected);
    }
}
