package dev.parasol.tools;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error, on a terminal only. */
final class TerminalBar implements AutoCloseable {
    private final ProgressBar bar;

    /** @param max steps, or -1 when nobody knows how many */
    TerminalBar(String task, long max) {
        bar = System.console() == null ? null : new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .build();
    }

    /** One more step is done. */
    void step() {
        step(1);
    }

    void step(long count) {
        if (bar != null) {
            bar.stepBy(count);
        }
    }

    /** What is being worked on. */
    void message(String text) {
        if (bar != null) {
            bar.setExtraMessage(" " + text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
