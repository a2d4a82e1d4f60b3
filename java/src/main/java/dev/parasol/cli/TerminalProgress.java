package dev.parasol.cli;

import dev.parasol.weights.Progress;
import java.nio.file.Path;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on standard error, on a terminal only: first of the model's load, then of the recordings. */
final class TerminalProgress implements Progress, AutoCloseable {
    private final boolean visible;
    private final AudioProgress audio;
    private ProgressBar bar;
    private boolean loading;
    private long begun;

    private TerminalProgress(boolean visible, AudioProgress audio) {
        this.visible = visible;
        this.audio = audio;
    }

    /** Of a model's load alone. */
    static TerminalProgress ofLoading() {
        return new TerminalProgress(System.console() != null, new AudioProgress(new double[0], 0));
    }

    /** @param knownSeconds of audio that an earlier run has done */
    static TerminalProgress open(List<Path> files, double knownSeconds, boolean hidden) {
        boolean visible = !hidden && System.console() != null;
        return new TerminalProgress(visible, new AudioProgress(visible ? AudioProgress.lengths(files) : new double[files.size()], knownSeconds));
    }

    @Override
    public void loaded(long done, long total) {
        if (!visible) {
            return;
        }
        if (!loading) {
            loading = true;
            bar = builder("Loading", total).setUnit(" MB", 1_000_000).build();
        }
        bar.stepTo(done);
        if (done == total) {
            hide();
        }
    }

    /** {@code seconds} of recording {@code file}, counted from 0, are done, and all of those before it. */
    void audio(int file, double seconds) {
        if (!visible) {
            return;
        }
        audio.at(file, seconds);
        double total = audio.total();
        if (bar == null && !(audio.position() >= total)) {
            // A bar of an unknown length has -1.
            bar = builder("Audio", Double.isNaN(total) ? -1 : (long) Math.ceil(total)).hideEta().build();
        }
        if (bar != null) {
            bar.stepTo((long) audio.position());
            bar.setExtraMessage(audio.text((System.nanoTime() - begun) * 1e-9));
        }
    }

    /** The recordings begin. */
    void begin() {
        hide();
        begun = System.nanoTime();
        audio(0, 0);
    }

    /** Takes the bar off the terminal, so that a line of results can be written. */
    void hide() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private static ProgressBarBuilder builder(String task, long max) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish();
    }

    @Override
    public void close() {
        hide();
    }
}
