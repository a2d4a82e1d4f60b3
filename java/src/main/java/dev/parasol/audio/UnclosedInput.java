package dev.parasol.audio;

import java.io.FilterInputStream;
import java.io.InputStream;

/** An input that others own: closing this leaves it open. */
final class UnclosedInput extends FilterInputStream {
    UnclosedInput(InputStream in) {
        super(in);
    }

    @Override
    public void close() {
        // not ours
    }
}
