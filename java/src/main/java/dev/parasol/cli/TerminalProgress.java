package dev.parasol.cli;

import dev.parasol.weights.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on standard error, on a terminal only: first of the model's load, then of the files. */
final class TerminalProgress implements Progress, AutoCloseable {
    private final boolean visible;
    private final int files;
    private ProgressBar bar;
    private boolean loading;

    private TerminalProgress(boolean visible, int files) {
        this.visible = visible;
        this.files = files;
    }

    static TerminalProgress open(int files, boolean hidden) {
        return new TerminalProgress(!hidden && System.console() != null, files);
    }

    @Override
    public void loaded(long done, long total) {
        if (!visible) {
            return;
        }
        if (!loading) {
            loading = true;
            bar = open("Loading", total, " MB", 1_000_000);
        }
        bar.stepTo(done);
        if (done == total) {
            hide();
        }
    }

    /** {@code finished} files are done. */
    void files(int finished) {
        if (!visible || files < 2 || finished == files) {
            return;
        }
        if (bar == null) {
            bar = open("Files", files, "", 1);
        }
        bar.stepTo(finished);
    }

    /** Takes the bar off the terminal, so that a line of results can be written. */
    void hide() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private static ProgressBar open(String task, long max, String unit, long unitSize) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setUnit(unit, unitSize)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void close() {
        hide();
    }
}
