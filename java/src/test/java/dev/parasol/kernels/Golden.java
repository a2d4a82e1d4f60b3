package dev.parasol.kernels;

import dev.parasol.testing.Shared;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** FunASR's own results, from a safetensors file of the shared folder. */
final class Golden implements AutoCloseable {
    private final SafetensorsCheckpoint file;

    Golden(String name) {
        file = SafetensorsCheckpoint.open(Shared.path(name));
    }

    Set<String> names() {
        return file.names();
    }

    int rows(String tensor) {
        return (int) file.info(tensor).shape()[0];
    }

    float[] floats(String tensor) {
        TensorInfo info = file.info(tensor);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) info.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        file.read(tensor, 0, bytes);
        float[] values = new float[(int) info.count()];
        bytes.rewind().asFloatBuffer().get(values);
        return values;
    }

    /** Norm of the difference over the norm of what is expected. */
    static double relativeError(float[] actual, int from, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[from + i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    @Override
    public void close() {
        file.close();
    }
}
