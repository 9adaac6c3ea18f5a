package dev.locret.samples.desk;

/**
 * How far a document has been read.
 *
 * @param entries kept by the fullest KV head
 * @param tokensPerSecond read so far
 */
record Progress(DeskDocument.State state, int read, int tokens, int entries, double tokensPerSecond, String message) {
    static Progress waiting() {
        return new Progress(DeskDocument.State.READING, 0, 0, 0, 0, null);
    }

    static Progress of(DeskDocument document) {
        return new Progress(document.state(), document.tokens(), document.tokens(), 0, 0, document.message());
    }
}
