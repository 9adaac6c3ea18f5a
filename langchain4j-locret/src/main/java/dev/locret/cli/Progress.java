package dev.locret.cli;

/** Shows how far a task has come. */
interface Progress extends AutoCloseable {
    /** What is counted. */
    enum Unit {
        TOKENS("tokens", 1),
        STEPS("steps", 1),
        SAMPLES("samples", 1),
        MEBIBYTES("MiB", 1 << 20);

        private final String label;
        private final long size;

        Unit(String label, long size) {
            this.label = label;
            this.size = size;
        }

        String label() {
            return label;
        }

        /** Counts that make one of what is shown. */
        long size() {
            return size;
        }
    }

    /**
     * @param done counted so far
     * @param total of how many, or -1 if not known
     * @param note what else to say, possibly empty
     */
    void update(long done, long total, String note);

    /** Ends the display. */
    @Override
    void close();
}
