package dev.parasol.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Lines of UTF-8 text, each of a bounded length; one that is wrong does not concern the others. Not thread-safe. */
final class LineReader {
    private final InputStream in;
    private final int maxBytes;
    private int number;

    LineReader(InputStream in, int maxBytes) {
        this.in = new BufferedInputStream(in);
        this.maxBytes = maxBytes;
    }

    /** The next line without its end, or null behind the last one. {@link CommandException} for a line that is too long or not UTF-8; the next call goes on behind it. */
    String next() throws IOException {
        int c = in.read();
        if (c < 0) {
            return null;
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long length = 0;
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (++length <= maxBytes) {
                line.write(c);
            }
        }
        if (length > maxBytes) {
            throw new CommandException("line " + number + " has " + length + " bytes, expected at most " + maxBytes);
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new CommandException("line " + number + " is not UTF-8 text");
        }
    }
}
