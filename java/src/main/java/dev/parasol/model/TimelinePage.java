package dev.parasol.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The timeline of a forward pass as one self-contained page for a browser: every buffer a block, from its first step to
 * its last and at its place in the slab.
 */
public final class TimelinePage {
    private static final String TEMPLATE = "timeline.html";
    private static final String DATA = "{{data}}";

    private TimelinePage() {}

    /** Writes the page, which appears whole or not at all; {@link ModelException} when that fails. */
    public static void write(MemoryForecast forecast, Path file) {
        try {
            byte[] page = page(forecast).getBytes(StandardCharsets.UTF_8);
            OutputFile.write(file, channel -> OutputFile.writeFully(channel, ByteBuffer.wrap(page)));
        } catch (IOException e) {
            throw new ModelException(FileErrors.name(file) + " cannot be written: " + FileErrors.reason(e), e);
        }
    }

    static String page(MemoryForecast forecast) throws IOException {
        try (InputStream in = TimelinePage.class.getResourceAsStream(TEMPLATE)) {
            String template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            // No name may end the script element that the data stand in.
            return template.replace(DATA, new ObjectMapper().writeValueAsString(data(forecast)).replace("<", "\\u003c"));
        }
    }

    private static ObjectNode data(MemoryForecast forecast) {
        ForwardPlan plan = forecast.plan();
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("model", forecast.model());
        root.put("precision", forecast.schemes().title());
        root.put("layers", forecast.notice().orElse(""));
        root.put("batch", forecast.shape().batch());
        root.put("samples", forecast.shape().samples());
        root.put("frames", forecast.shape().frames());
        root.put("weights", forecast.weightBytes());
        root.put("peak", plan.peakBytes());
        root.put("lowerBound", plan.lowerBound());
        root.put("peakStep", plan.peakStep());
        ArrayNode parts = root.putArray("parts");
        for (Part part : Part.values()) {
            parts.add(part.title());
        }
        ArrayNode steps = root.putArray("steps");
        long[] live = plan.liveBytes();
        for (int step = 0; step < plan.stepCount(); step++) {
            steps.addArray().add(plan.stepName(step)).add(plan.part(step).ordinal()).add(plan.layer(step)).add(live[step]);
        }
        ArrayNode buffers = root.putArray("buffers");
        for (PlannedBuffer buffer : plan.buffers()) {
            buffers.addArray().add(buffer.name()).add(plan.part(buffer.firstStep()).ordinal()).add(plan.offset(buffer)).add(buffer.bytes())
                    .add(buffer.firstStep()).add(buffer.lastStep()).add(buffer.type() + " [" + buffer.rows() + ", " + buffer.cols() + "]");
        }
        return root;
    }
}
