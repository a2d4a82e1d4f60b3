package dev.parasol.model;

import java.util.List;

/** A model whose weights lie on a device. */
public interface DeviceModel extends AutoCloseable {
    /** Sentences for the user: what of the checkpoint was left aside. */
    List<String> notices();

    /** Releases everything but the memory system; nothing may be running. */
    @Override
    void close();
}
