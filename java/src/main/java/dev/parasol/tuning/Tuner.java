package dev.parasol.tuning;

import dev.parasol.memory.MemoryLimit;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.RecognitionException;
import dev.parasol.pipeline.RecognizerService;
import dev.parasol.pipeline.SpeechTranscriber;
import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.scoring.WordErrors;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Looks for the batch size at which speed and memory are in balance by measuring ever larger ones, and, where texts to compare with are given, for the
 * precision or model that is fastest within an error budget. The rules are those of {@link Balance}.
 *
 * <p>Figures are those of the machine it runs on, with whatever else that is doing. Not thread-safe.
 */
public final class Tuner {
    /** The largest batch that is tried, in seconds; {@code batch_size_s} goes no further either. */
    private static final double MOST_SECONDS = 3600;

    private final Builder settings;
    private final Workload workload;
    private final List<TunePoint> points = new ArrayList<>();
    private final List<TuneCandidate> candidates = new ArrayList<>();
    private String device = "";
    private String stopped = "";

    private Tuner(Builder settings) {
        this.settings = settings;
        this.workload = Workload.read(settings.files);
    }

    /** Settings of a new tuner; it needs a model and recordings at least. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Measures until the balance is found.
     *
     * @param listener is told of what is known after each measurement, in the calling thread
     * @throws RecognitionException when the least batch does not fit into memory, or a candidate cannot read a recording
     * @throws InterruptedException when the thread was interrupted; the listener has what was measured before
     */
    public TuneResult tune(Consumer<TuneResult> listener) throws InterruptedException {
        double least = Math.ceil(workload.longest());
        // The first runs of a process load and compile its code.
        measured(settings.model, settings.schemes, settings.layers, least);
        for (double seconds = least; stopped.isEmpty(); seconds = Math.min(2 * seconds, MOST_SECONDS)) {
            points.add(measured(settings.model, settings.schemes, settings.layers, seconds));
            stopped = Balance.stop(points, settings.latency, MOST_SECONDS);
            listener.accept(result());
        }
        if (!settings.references.isEmpty()) {
            compare(listener);
        }
        return result();
    }

    private TuneResult result() {
        return new TuneResult(settings.model, device, points, Balance.of(points, settings.latency), stopped, candidates,
                Balance.recommended(candidates), settings.errorBudget);
    }

    private TunePoint measured(String model, LinearSchemes schemes, LayerMask layers, double seconds) throws InterruptedException {
        RecognizerService.Builder builder = RecognizerService.builder().model(model).devices(settings.device).precision(schemes).keepLayers(layers).batchSeconds(seconds);
        if (settings.memoryLimit != null) {
            builder.memoryLimit(settings.memoryLimit);
        }
        try (RecognizerService service = builder.build()) {
            device = service.devices().get(0).toString();
            return Load.measure(service, workload, seconds);
        }
    }

    private void compare(Consumer<TuneResult> listener) throws InterruptedException {
        double seconds = points.get(Balance.of(points, settings.latency)).batchSeconds();
        add(settings.model, settings.schemes, settings.layers, seconds);
        listener.accept(result());
        for (Precision other : otherPrecisions()) {
            add(settings.model, other.schemes(), settings.layers, seconds);
            listener.accept(result());
        }
        for (String model : settings.models) {
            add(model, null, LayerMask.ALL, seconds);
            listener.accept(result());
        }
    }

    /** None of a model that is quantized already. */
    private List<Precision> otherPrecisions() {
        String own = points.get(0).precision();
        boolean quantized = settings.schemes == null && !own.equals(Precision.FP16.text());
        return quantized ? List.of() : Stream.of(Precision.FP16, Precision.INT8, Precision.INT8_WEIGHTS).filter(other -> !other.text().equals(own)).toList();
    }

    private void add(String model, LinearSchemes schemes, LayerMask layers, double seconds) throws InterruptedException {
        SpeechTranscriber.Builder builder = SpeechTranscriber.builder().model(model).devices(settings.device).precision(schemes).keepLayers(layers);
        if (settings.memoryLimit != null) {
            builder.memoryLimit(settings.memoryLimit);
        }
        List<Edits> edits = new ArrayList<>();
        try (SpeechTranscriber transcriber = builder.build()) {
            List<FileResult> results = transcriber.transcribe(settings.files);
            for (int i = 0; i < results.size(); i++) {
                edits.add(WordErrors.count(settings.references.get(settings.files.get(i)), results.get(i).orThrow().text()));
            }
        }
        ErrorRate errors = ErrorRate.of(edits);
        double allowed = (candidates.isEmpty() ? errors : candidates.get(0).errors()).percent() + settings.errorBudget;
        candidates.add(new TuneCandidate(model, errors, measured(model, schemes, layers, seconds), errors.percent() <= allowed));
    }

    /** Settings; everything but model and recordings has a default. Not thread-safe. */
    public static final class Builder {
        private static final double DEFAULT_ERROR_BUDGET = 0.5;

        private String model;
        private String device;
        private LinearSchemes schemes;
        private LayerMask layers = LayerMask.ALL;
        private MemoryLimit memoryLimit;
        private double latency = Double.POSITIVE_INFINITY;
        private List<Path> files = List.of();
        private Map<Path, String> references = Map.of();
        private double errorBudget = DEFAULT_ERROR_BUDGET;
        private List<String> models = List.of();

        private Builder() {}

        /** See {@link dev.parasol.pipeline.Recognizer.Builder#model}. */
        public Builder model(String folderOrSynthetic) {
            model = Objects.requireNonNull(folderOrSynthetic);
            return this;
        }

        /** {@code cuda:N} or {@code soft:N}; null lets {@code PARASOL_DEVICE} or else the machine decide, which is the default. */
        public Builder device(String spec) {
            device = spec;
            return this;
        }

        /** The precision that batches are tried in; null for the model's own, which is the default. */
        public Builder precision(LinearSchemes value) {
            schemes = value;
            return this;
        }

        /** See {@link dev.parasol.pipeline.Recognizer.Builder#keepLayers(LayerMask)}; candidates run with all they have. */
        public Builder keepLayers(LayerMask mask) {
            layers = Objects.requireNonNull(mask);
            return this;
        }

        /** The most device memory that may be held. Without it the device is the limit. */
        public Builder memoryLimit(MemoryLimit limit) {
            memoryLimit = Objects.requireNonNull(limit);
            return this;
        }

        /** The most seconds that 95 % of the utterances may wait for their answer under load. Without it there is no such limit. */
        public Builder latency(double seconds) {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("a latency of " + seconds + " seconds");
            }
            latency = seconds;
            return this;
        }

        /** The recordings to measure with: at least one. */
        public Builder recordings(List<Path> recordings) {
            files = List.copyOf(recordings);
            return this;
        }

        /** What is said in each of the recordings, so that precisions are compared, too. */
        public Builder references(Map<Path, String> texts) {
            references = Map.copyOf(texts);
            return this;
        }

        /** The most by which the error rate may rise, in points absolute; 0.5 by default. */
        public Builder errorBudget(double points) {
            if (!(points >= 0)) {
                throw new IllegalArgumentException("an error budget of " + points);
            }
            errorBudget = points;
            return this;
        }

        /** Other models, pruned or quantized ones, that are compared where there are references. */
        public Builder candidates(List<String> folders) {
            models = List.copyOf(folders);
            return this;
        }

        /** @throws dev.parasol.audio.AudioException when a recording cannot be read or all are silent */
        public Tuner build() {
            if (model == null || files.isEmpty()) {
                throw new IllegalStateException("a tuner needs a model and recordings");
            }
            if (!references.isEmpty() && !references.keySet().containsAll(files)) {
                throw new IllegalArgumentException("not every recording has a reference");
            }
            return new Tuner(this);
        }
    }
}
