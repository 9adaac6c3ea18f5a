package dev.locret.hub;

/** Told how far a download has come, on the thread that downloads. */
@FunctionalInterface
public interface DownloadProgress {
    /** Tells nobody. */
    DownloadProgress NONE = (file, doneBytes, totalBytes) -> {};

    /**
     * Called at the start of each file, after each part of it, and at its end. {@code doneBytes} starts above 0 where
     * an earlier download is resumed, and falls back where a server makes it start over. Files that the cache holds
     * already are not reported.
     *
     * @param file path inside the repository
     * @param doneBytes bytes on disk
     * @param totalBytes bytes of the whole file, or -1 where they are not known
     */
    void onProgress(String file, long doneBytes, long totalBytes);
}
