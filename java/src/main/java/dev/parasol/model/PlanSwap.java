package dev.parasol.model;

import dev.parasol.memory.Placement;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the JDK Flight Recorder sees when a plan is replaced, between two batches, by one that takes less memory. */
@Name("dev.parasol.PlanSwap")
@Label("Plan Swap")
@Category({"Parasol", "Memory"})
@StackTrace(false)
final class PlanSwap extends Event {
    @Label("Utterances")
    int batch;
    @Label("Frames")
    int frames;
    @Label("Before")
    @DataAmount
    long before;
    @Label("After")
    @DataAmount
    long after;
    @Label("Lower Bound")
    @DataAmount
    long lowerBound;

    static void commit(ForwardPlan plan, Placement better) {
        PlanSwap event = new PlanSwap();
        event.batch = plan.shape().batch();
        event.frames = plan.shape().frames();
        event.before = plan.peakBytes();
        event.after = better.peakBytes();
        event.lowerBound = better.lowerBound();
        event.commit();
    }
}
