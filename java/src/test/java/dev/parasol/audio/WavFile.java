package dev.parasol.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds WAV files, also wrong ones. */
final class WavFile {
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private String form = "RIFF";

    static byte[] pcm16(int rate, int... samples) {
        return new WavFile().format(1, 1, rate, 16).data(shorts(samples)).bytes();
    }

    static byte[] shorts(int... samples) {
        ByteBuffer buffer = little(2 * samples.length);
        for (int sample : samples) {
            buffer.putShort((short) sample);
        }
        return buffer.array();
    }

    static byte[] floats(float... samples) {
        ByteBuffer buffer = little(4 * samples.length);
        for (float sample : samples) {
            buffer.putFloat(sample);
        }
        return buffer.array();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    WavFile form(String name) {
        form = name;
        return this;
    }

    WavFile format(int tag, int channels, int rate, int bits) {
        return chunk("fmt ", fields(tag, channels, rate, bits, 16).array());
    }

    WavFile extensible(int subFormat, int channels, int rate, int bits) {
        ByteBuffer fields = fields(0xfffe, channels, rate, bits, 40);
        fields.putShort((short) 22).putShort((short) bits).putInt(3).putShort((short) subFormat);
        fields.put(new byte[] {0, 0, 0, 0, 16, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71});
        return chunk("fmt ", fields.array());
    }

    private static ByteBuffer fields(int tag, int channels, int rate, int bits, int size) {
        int frame = channels * ((bits + 7) / 8);
        return little(size).putShort((short) tag).putShort((short) channels).putInt(rate).putInt(rate * frame).putShort((short) frame).putShort((short) bits);
    }

    WavFile data(byte[] content) {
        return chunk("data", content);
    }

    WavFile chunk(String id, byte[] content) {
        return chunk(id, content.length, content);
    }

    /** A chunk whose header says {@code length}, whatever it has. */
    WavFile chunk(String id, long length, byte[] content) {
        chunks.writeBytes(id.getBytes(StandardCharsets.ISO_8859_1));
        chunks.writeBytes(little(4).putInt((int) length).array());
        chunks.writeBytes(content);
        if (content.length % 2 != 0) {
            chunks.write(0);
        }
        return this;
    }

    byte[] bytes() {
        byte[] body = chunks.toByteArray();
        ByteBuffer file = little(12 + body.length);
        file.put(form.getBytes(StandardCharsets.ISO_8859_1)).putInt(4 + body.length).put("WAVE".getBytes(StandardCharsets.ISO_8859_1)).put(body);
        return file.array();
    }
}
