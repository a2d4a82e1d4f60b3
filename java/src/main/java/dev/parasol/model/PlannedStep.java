package dev.parasol.model;

import java.util.ArrayList;
import java.util.List;

/** One step of a forward pass: what it launches, the buffers it touches, and the stages that are complete after it. */
final class PlannedStep {
    /** Launches the step's work on the execution's stream, without waiting for anything. */
    @FunctionalInterface
    interface Launch {
        void on(Execution execution);
    }

    /** A result that {@code stages} shows, by FunASR's name. */
    record Stage(String name, PlannedBuffer buffer, Rows rows) {}

    private final String name;
    private final Part part;
    private final List<PlannedBuffer> touched;
    private final Launch launch;
    private final List<Stage> stages = new ArrayList<>();

    PlannedStep(String name, Part part, List<PlannedBuffer> touched, Launch launch) {
        this.name = name;
        this.part = part;
        this.touched = List.copyOf(touched);
        this.launch = launch;
    }

    String name() {
        return name;
    }

    /** The part of the pass that it belongs to. */
    Part part() {
        return part;
    }

    List<PlannedBuffer> touched() {
        return touched;
    }

    Launch launch() {
        return launch;
    }

    List<Stage> stages() {
        return stages;
    }
}
