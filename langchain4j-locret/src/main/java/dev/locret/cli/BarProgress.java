package dev.locret.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is drawn over itself and stays when it is done. */
final class BarProgress implements Progress {
    private static final int WIDTH = 100;

    private final ProgressBar bar;

    BarProgress(String task, Unit unit, PrintWriter terminal) {
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setUnit(" " + unit.label(), unit.size())
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new Line(terminal))
                .build();
    }

    @Override
    public void update(long done, long total, String note) {
        bar.maxHint(total);
        bar.stepTo(done);
        bar.setExtraMessage(note);
    }

    @Override
    public void close() {
        bar.close();
    }

    /** The last line of the terminal. */
    private record Line(PrintWriter terminal) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String rendered) {
            terminal.print("\r" + rendered);
            terminal.flush();
        }

        @Override
        public void close() {
            terminal.println();
            terminal.flush();
        }
    }
}
