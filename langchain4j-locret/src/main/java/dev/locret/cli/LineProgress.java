package dev.locret.cli;

import java.io.PrintWriter;

/** A line for every tenth of the task, for logs. */
final class LineProgress implements Progress {
    private static final int PARTS = 10;
    private static final long UNKNOWN_STEP_UNITS = 100;

    private final String task;
    private final Unit unit;
    private final PrintWriter log;
    private long printed = -1;

    LineProgress(String task, Unit unit, PrintWriter log) {
        this.task = task;
        this.unit = unit;
        this.log = log;
    }

    @Override
    public void update(long done, long total, String note) {
        // Whole units of work: an update within the part that was printed last says nothing new.
        long part = total > 0 ? done * PARTS / total : done / unit.size() / UNKNOWN_STEP_UNITS;
        if (part == printed) {
            return;
        }
        printed = part;
        String of = total > 0 ? " of " + total / unit.size() : "";
        log.println(task + ": " + done / unit.size() + of + " " + unit.label() + (note.isEmpty() ? "" : ", " + note));
        log.flush();
    }

    @Override
    public void close() {}
}
