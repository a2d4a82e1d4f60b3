package dev.parasol.testing;

import dev.parasol.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** A CAM++ with few channels and random weights, in FunASR's folder format. */
public final class TinySpeaker {
    /** Its configuration. */
    public static final String CONFIG = """
            model: CAMPPlus
            model_conf:
              feat_dim: 80
              embedding_size: 24
              growth_rate: 32
              bn_size: 1
              init_channels: 32
              config_str: batchnorm-relu
              memory_efficient: true
              output_level: segment
            frontend: WavFrontend
            frontend_conf:
              fs: 16000
            """;
    private static final int[] LAYERS = {12, 24, 16};

    private final Random random = new Random(5);
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    private TinySpeaker() {}

    /** Writes it. */
    public static Path write(Path folder) throws IOException {
        return write(folder, Map.of());
    }

    /** Writes it with some tensors in another shape, or without them where that is null. */
    public static Path write(Path folder, Map<String, long[]> changes) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), CONFIG);
        TinySpeaker model = new TinySpeaker();
        model.addHead();
        model.addRest();
        changes.forEach((name, shape) -> {
            model.shapes.remove(name);
            if (shape.length > 0) {
                model.shapes.put(name, shape);
            }
        });
        SafetensorsWriter writer = new SafetensorsWriter();
        model.shapes.forEach((name, shape) -> writer.add(name, shape, model.numbers(name, shape)));
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    private void addHead() {
        square("head.conv1", "head.bn1", 1, 3);
        for (String block : new String[] {"head.layer1.0.", "head.layer1.1.", "head.layer2.0.", "head.layer2.1."}) {
            square(block + "conv1", block + "bn1", 32, 3);
            square(block + "conv2", block + "bn2", 32, 3);
            if (block.endsWith("0.")) {
                square(block + "shortcut.0", block + "shortcut.1", 32, 1);
            }
        }
        square("head.conv2", "head.bn2", 32, 3);
    }

    private void addRest() {
        shapes.put("xvector.tdnn.linear.weight", new long[] {32, 320, 5});
        norm("xvector.tdnn.nonlinear.batchnorm", 32, true);
        int channels = 32;
        for (int block = 1; block <= LAYERS.length; block++) {
            for (int layer = 1; layer <= LAYERS[block - 1]; layer++) {
                String prefix = "xvector.block" + block + ".tdnnd" + layer + ".";
                norm(prefix + "nonlinear1.batchnorm", channels, true);
                shapes.put(prefix + "linear1.weight", new long[] {32, channels, 1});
                norm(prefix + "nonlinear2.batchnorm", 32, true);
                shapes.put(prefix + "cam_layer.linear_local.weight", new long[] {32, 32, 3});
                shapes.put(prefix + "cam_layer.linear1.weight", new long[] {16, 32, 1});
                shapes.put(prefix + "cam_layer.linear1.bias", new long[] {16});
                shapes.put(prefix + "cam_layer.linear2.weight", new long[] {32, 16, 1});
                shapes.put(prefix + "cam_layer.linear2.bias", new long[] {32});
                channels += 32;
            }
            norm("xvector.transit" + block + ".nonlinear.batchnorm", channels, true);
            shapes.put("xvector.transit" + block + ".linear.weight", new long[] {channels / 2, channels, 1});
            channels /= 2;
        }
        norm("xvector.out_nonlinear.batchnorm", channels, true);
        shapes.put("xvector.dense.linear.weight", new long[] {24, 2L * channels, 1});
        norm("xvector.dense.nonlinear.batchnorm", 24, false);
    }

    private void square(String name, String norm, int in, int taps) {
        shapes.put(name + ".weight", new long[] {32, in, taps, taps});
        norm(norm, 32, true);
    }

    private void norm(String name, int channels, boolean affine) {
        if (affine) {
            shapes.put(name + ".weight", new long[] {channels});
            shapes.put(name + ".bias", new long[] {channels});
        }
        shapes.put(name + ".running_mean", new long[] {channels});
        shapes.put(name + ".running_var", new long[] {channels});
    }

    private float[] numbers(String name, long... shape) {
        float[] numbers = new float[(int) LongStream.of(shape).reduce(1, Math::multiplyExact)];
        double deviation = shape.length > 1 ? Math.sqrt(2.0 * shape[0] / numbers.length) : 0.2;
        boolean positive = name.endsWith("running_var") || shape.length == 1 && name.endsWith("weight");
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (positive ? 0.5 + random.nextDouble() : random.nextGaussian() * deviation);
        }
        return numbers;
    }
}
