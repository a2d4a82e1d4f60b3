package dev.parasol.tools;

import dev.parasol.cli.DeviceOption;
import dev.parasol.tools.compare.Comparer;
import dev.parasol.tools.compare.Comparison;
import dev.parasol.tools.compare.ComparisonPage;
import dev.parasol.tools.compare.ComparisonPlots;
import dev.parasol.tools.compare.ComparisonText;
import dev.parasol.tools.compare.ContenderChoice;
import dev.parasol.tools.data.AudioChoice;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.HarderSets;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare}: models on the same recordings. */
@Command(
        name = "compare",
        description = "Compare models on the same recordings: stages, output, errors, bytes and time.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A and B are model folders; FOLDER@fp32, @fp16, @int8, @int8-weights and @mixed:FILE run one in that. Errors are of words, of Chinese,",
            "Japanese and Korean of characters, with 95 %% intervals by bootstrap over recordings. Time is that of all recordings once the model is warm."
        })
final class CompareCommand implements Callable<Integer> {
    /** Of harder sets, as in study. */
    private static final long SEED = 1;

    @Parameters(index = "0", paramLabel = "A", description = "The model that the others should be like.")
    String first;

    @Parameters(index = "1", arity = "1..*", paramLabel = "B", description = "The others.")
    List<String> others;

    @Option(names = "--audio", required = true, paramLabel = "DIR|WAV.SCP", description = "Recordings: a folder, or lines 'id file'.")
    Path audio;

    @Option(names = "--reference", paramLabel = "TEXT", description = "What is said in them: lines 'id words'. A folder's recordings have their files' names without extension.")
    Path reference;

    @Option(names = "--harder", split = ",", paramLabel = "CONDITIONS",
            description = "Take, in place of the recordings, harder ones made of them: noise-10,babble-20,speed-0.9,chain-3, all of these sets together; needs --reference.")
    List<String> harder = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    Path json;

    @Option(names = "--png", paramLabel = "FILE", description = "Write the plot of errors by size.")
    Path png;

    @Option(names = "--html", paramLabel = "FILE", description = "Write tables and plots as one page.")
    Path html;

    @Mixin
    DeviceOption device;

    @Override
    public Integer call() throws IOException {
        Arrays.asList(json, png, html).forEach(ResultFile::check);
        ContenderChoice base = ContenderChoice.parse(first);
        List<ContenderChoice> choices = others.stream().map(ContenderChoice::parse).toList();
        List<Speech> speech = recordings().stream().filter(one -> one.samples().length > 0).toList();
        if (speech.isEmpty()) {
            throw new DataException(audio + ": every recording is empty");
        }
        Comparison comparison;
        try (TerminalBar bar = new TerminalBar("Comparing", -1)) {
            comparison = new Comparer(device.spec(), speech, reference != null, what -> {
                bar.step();
                bar.message(what);
            }).compare(base, choices);
        }
        System.out.print(ComparisonText.table(comparison));
        if (json != null) {
            ResultFile.write(json, (ComparisonText.json(comparison).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        if (png != null) {
            ResultFile.write(png, ComparisonPlots.pareto(comparison, reference != null));
        }
        if (html != null) {
            ResultFile.write(html, ComparisonPage.html(comparison).getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    private List<Speech> recordings() {
        TestSet given = AudioChoice.read(audio, reference);
        if (harder.isEmpty()) {
            return given.speech();
        }
        if (reference == null) {
            throw new DataException("--harder: expected --reference, since what is hard cannot be told without");
        }
        return harder.stream().flatMap(condition -> new HarderSets(given, SEED).make(condition).speech().stream()).toList();
    }
}
