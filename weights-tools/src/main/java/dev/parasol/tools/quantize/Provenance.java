package dev.parasol.tools.quantize;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.tools.data.Speech;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a quantized checkpoint says of itself: the scheme of each layer, on what it was calibrated and how, and the command that wrote it. */
public final class Provenance {
    private final ObjectNode root = new ObjectMapper().createObjectNode();

    public Provenance(Map<Linear, LinearScheme> schemes) {
        ObjectNode layers = root.put("version", 1).putObject("layers");
        schemes.forEach((linear, scheme) -> layers.put(linear.name(), scheme.text()));
    }

    /** {@link ModelException} when a checkpoint is quantized. */
    public static void refuse(Checkpoint checkpoint) {
        if (checkpoint.metadata().containsKey(ModelFolder.QUANTIZATION)) {
            throw new ModelException(checkpoint.source() + " is quantized already, expected fp32 or fp16: convert makes it that");
        }
    }

    /** @param calibration of static layers, or null where there are none */
    public Provenance calibrated(Calibration calibration, List<Speech> speech) {
        ObjectNode node = root.putObject("calibration");
        if (calibration != null) {
            node.put("method", calibration.text());
        }
        node.put("recordings", speech.size()).put("sha256", sum(speech)).put("seconds", speech.stream().mapToDouble(Speech::seconds).sum());
        return this;
    }

    public Provenance smooth(double alpha) {
        root.putObject("smooth").put("alpha", alpha);
        return this;
    }

    public Provenance tool(String command) {
        root.put("tool", command);
        return this;
    }

    /** Of all samples as little-endian fp32, one recording behind the other. */
    static String sum(List<Speech> speech) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Speech one : speech) {
                ByteBuffer bytes = ByteBuffer.allocate(one.samples().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(one.samples());
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** As JSON in one line. */
    public String json() {
        return root.toString();
    }
}
