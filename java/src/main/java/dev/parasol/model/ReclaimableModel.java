package dev.parasol.model;

/** A model that can give back between two passes what only passes need. */
public interface ReclaimableModel extends DeviceModel {
    /** Bytes of the activations' memory that are mapped now. */
    long reserved();

    /** Waits until the device has done everything that was enqueued. */
    void drain();

    /** Gives the activations' memory back; the next pass takes what it needs. */
    void trim();

    /** Forgets all plans and graphs, which hold memory of the host and the driver; what is needed again is made again. */
    void evict();
}
