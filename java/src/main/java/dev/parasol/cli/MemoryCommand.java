package dev.parasol.cli;

import dev.parasol.memory.MemoryReport;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.BatchShape;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.model.PunctuationForecast;
import dev.parasol.model.SpeakerForecast;
import dev.parasol.model.TimelinePage;
import dev.parasol.model.VadForecast;
import dev.parasol.pipeline.SpeakerEncoder;
import dev.parasol.weights.Extras;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.SpeakerFolder;
import dev.parasol.weights.VadFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code parasol memory}: what a model and a batch will take. */
@Command(
        name = "memory",
        description = "Predict the memory of a model and a batch, to the byte, without loading anything and without a device. A folder"
                + " without weights will do.",
        mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
    private static final double MAX_SECONDS = 86_400;
    /** As the forecast assumes. */
    private static final long CHUNK = 2 << 20;
    /** About as long as voice activity detection lets a segment become. */
    private static final double USUAL_UTTERANCE_SECONDS = 15;

    /** Words in the longest window of punctuation that texts with commas give. */
    private static final int LONG_WINDOW = 220;

    /** Samples of the windows that speakers are told by: 1.5 s. */
    private static final int SPEAKER_WINDOW = 24_000;

    @Spec
    CommandSpec command;

    @Mixin
    ModelChoice choice;

    @Option(names = "--seconds", required = true, paramLabel = "S", description = "Seconds of audio in the batch, all utterances together.")
    double seconds;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Utterances in the batch, equally long (default: as many as make none longer than 15 s).")
    Integer batch;

    @Mixin
    HotwordOptions hotwords;

    @Option(names = "--timestamps", description = "With the times of words, and what they cost.")
    boolean timestamps;

    @Option(names = "--punc-model", paramLabel = "DIR", converter = FileName.class, description = "Tell what punctuation would take beside it.")
    String punctuationModel;

    @Option(names = "--vad-model", paramLabel = "DIR", converter = FileName.class, description = "Tell what voice activity detection would take beside it.")
    String vadModel;

    @Option(names = "--spk-model", paramLabel = "DIR", converter = FileName.class, description = "Tell what speakers would take beside it.")
    String speakerModel;

    @Option(names = "--by-layer", description = "Print the activations that are alive in each layer, too.")
    boolean byLayer;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "Write the timeline of the forward pass as a page for a browser: every buffer a block, steps by address.")
    String html;

    @Mixin
    MemoryLimitOption memory;

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw new ParameterException(command.commandLine(), "--seconds: expected more than 0 and at most " + (int) MAX_SECONDS);
        }
        Path page = html == null ? null : Output.checked(html);
        if (memory.limit != null && memory.limit.isShare()) {
            throw new ParameterException(command.commandLine(), "--memory-limit: no device is asked here, so expected a size and not " + memory.limit);
        }
        ModelFolder folder = ModelFolder.open(choice.model);
        BatchShape shape = layout(folder).shape();
        Extras extras = folder.extras(timestamps, hotwords.list());
        MemoryForecast forecast = MemoryForecast.of(folder, choice.keepLayers, choice.precision, extras, shape);
        StringBuilder text = new StringBuilder(forecast.toText(byLayer));
        if (!extras.equals(Extras.NONE)) {
            text.append(forecast.moreThan(MemoryForecast.of(folder, choice.keepLayers, choice.precision, shape)));
        }
        if (punctuationModel != null) {
            text.append(PunctuationForecast.of(PunctuationFolder.open(punctuationModel), Precision.FP32, LONG_WINDOW).toText());
        }
        if (vadModel != null) {
            text.append(VadForecast.of(VadFolder.open(vadModel)).toText());
        }
        if (speakerModel != null) {
            text.append(SpeakerForecast.of(SpeakerFolder.open(speakerModel), SpeakerEncoder.BATCH, SPEAKER_WINDOW).toText());
        }
        if (memory.limit != null) {
            text.append(withinLimit(forecast, memory.limit.bytes(0))).append(System.lineSeparator());
        }
        System.out.print(text);
        if (page != null) {
            TimelinePage.write(forecast, page);
        }
        return 0;
    }

    private String withinLimit(MemoryForecast forecast, long limit) {
        long most = forecast.mostMapped(CHUNK);
        long loading = MemoryForecast.mapped(forecast.weightBytes(), CHUNK) + MemoryForecast.mapped(forecast.stagingBytes(), CHUNK);
        if (most <= limit) {
            return "within the limit of " + memory.limit + ", of which " + MemoryReport.size(limit - most) + " are left";
        }
        return "beyond the limit of " + memory.limit + " by " + MemoryReport.size(most - limit)
                + (loading > limit ? ": the model cannot be loaded" : ": the batch would be divided");
    }

    private BatchLayout layout(ModelFolder folder) {
        int utterances = batch != null ? batch : (int) Math.ceil(seconds / USUAL_UTTERANCE_SECONDS);
        try {
            return BatchLayout.ofSeconds(folder.config().frontend(), seconds, utterances);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }
}
