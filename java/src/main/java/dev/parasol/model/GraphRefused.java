package dev.parasol.model;

import dev.parasol.cuda.CudaException;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the JDK Flight Recorder sees when the driver refuses to make a graph and a batch is launched directly instead. */
@Name("dev.parasol.GraphRefused")
@Label("Graph Refused")
@Category({"Parasol", "Launches"})
@StackTrace(false)
final class GraphRefused extends Event {
    @Label("Utterances")
    int batch;
    @Label("Frames")
    int frames;
    @Label("Error")
    String error;

    static void commit(BatchShape bucket, CudaException refusal) {
        GraphRefused event = new GraphRefused();
        event.batch = bucket.batch();
        event.frames = bucket.frames();
        event.error = refusal.getMessage();
        event.commit();
    }
}
