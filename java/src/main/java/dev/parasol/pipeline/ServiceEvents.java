package dev.parasol.pipeline;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the JDK Flight Recorder gets to see of a {@link RecognizerService}. */
final class ServiceEvents {
    private ServiceEvents() {}

    /** A batch goes to its device. */
    @Name("dev.parasol.ServiceBatch")
    @Label("Service Batch")
    @Category({"Parasol", "Service"})
    @StackTrace(false)
    static final class Batch extends Event {
        @Label("Device")
        String device;
        @Label("Utterances")
        int utterances;
        @Label("Seconds")
        double seconds;
        @Label("Planned Peak")
        @DataAmount
        long planned;
    }

    /** A device's batches become smaller or larger, by the memory that there is. */
    @Name("dev.parasol.ServiceLimit")
    @Label("Service Batch Limit")
    @Category({"Parasol", "Service"})
    @StackTrace(false)
    static final class Limit extends Event {
        @Label("Device")
        String device;
        @Label("Seconds Before")
        double before;
        @Label("Seconds After")
        double after;
        @Label("How")
        String how;
    }

    /** A device is lost. */
    @Name("dev.parasol.ServiceDeviceLost")
    @Label("Service Device Lost")
    @Category({"Parasol", "Service"})
    @StackTrace(false)
    static final class DeviceLost extends Event {
        @Label("Device")
        String device;
        @Label("Reason")
        String reason;
    }
}
