package dev.parasol.pipeline;

import dev.parasol.weights.LayerMask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the result of a run depends on, recordings aside: the models' files by name, size and time of change, and settings. Punctuation
 * comes after what is recognised, and how batches are packed changes nothing. Not thread-safe.
 */
final class RunIdentity {
    private static final String OWN_PRECISION = "the model's own";

    private String model;
    private String precision = OWN_PRECISION;
    private LayerMask mask = LayerMask.ALL;
    private List<String> hotwords = List.of();

    void model(String folderOrSynthetic) {
        model = folderOrSynthetic;
    }

    /** @param value null where none was asked for */
    void precision(String value) {
        precision = value == null ? OWN_PRECISION : value;
    }

    void keepLayers(LayerMask value) {
        mask = value;
    }

    void hotwords(List<String> words) {
        hotwords = List.copyOf(words);
    }

    /**
     * All of it, by the names of settings.
     *
     * @param vadModel folder of the detector, or null
     */
    Map<String, String> with(String vadModel, TranscribeOptions options, boolean timestamps) {
        Map<String, String> identity = new TreeMap<>();
        addModel(identity, "model", model);
        identity.put("precision", precision);
        if (mask != LayerMask.ALL) {
            identity.put("keep_layers", mask.toString());
        }
        if (!hotwords.isEmpty()) {
            byte[] all = String.join("\n", hotwords).getBytes(StandardCharsets.UTF_8);
            identity.put("hotwords", hotwords.size() + ", " + UUID.nameUUIDFromBytes(all));
        }
        identity.put("timestamps", String.valueOf(timestamps));
        identity.put(OptionName.THRESHOLD.key(), OptionName.number(options.thresholdSeconds()));
        if (vadModel != null) {
            addModel(identity, "vad_model", vadModel);
            identity.put(OptionName.MERGE_VAD.key(), String.valueOf(options.mergeVad()));
            identity.put(OptionName.MERGE_LENGTH.key(), OptionName.number(options.mergeSeconds()));
            options.maxSegmentMs().ifPresent(ms -> identity.put(OptionName.MAX_SEGMENT.key(), String.valueOf(ms)));
            options.maxEndSilenceMs().ifPresent(ms -> identity.put(OptionName.MAX_END_SILENCE.key(), String.valueOf(ms)));
        }
        return identity;
    }

    private static void addModel(Map<String, String> identity, String name, String model) {
        try (Stream<Path> files = Files.list(Path.of(model))) {
            List<Path> regular = files.filter(Files::isRegularFile).collect(Collectors.toList());
            for (Path file : regular) {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                identity.put(name + "/" + file.getFileName(), attributes.size() + " bytes of " + Instant.ofEpochMilli(attributes.lastModifiedTime().toMillis()));
            }
        } catch (IOException | InvalidPathException e) {
            identity.put(name, String.valueOf(model));    // not a folder: a synthetic model, or one that will not open
        }
    }
}
