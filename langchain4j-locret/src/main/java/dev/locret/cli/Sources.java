package dev.locret.cli;

import dev.locret.hub.DownloadProgress;
import dev.locret.hub.HubConfig;
import dev.locret.hub.ModelHub;
import dev.locret.hub.ModelSource;
import java.nio.file.Path;

/** Brings what a user names to this machine. */
final class Sources {
    private Sources() {}

    /** The local file or directory of a path or {@code hf:} source, downloaded with a progress display if need be. */
    static Path resolve(String source, Output output) {
        try (Downloads downloads = new Downloads(output)) {
            return new ModelHub(HubConfig.fromEnvironment()).resolve(ModelSource.parse(source), downloads);
        }
    }

    /** One display a file. */
    private static final class Downloads implements DownloadProgress, AutoCloseable {
        private final Output output;
        private String file;
        private Progress progress;

        Downloads(Output output) {
            this.output = output;
        }

        @Override
        public void onProgress(String name, long doneBytes, long totalBytes) {
            if (!name.equals(file)) {
                close();
                file = name;
                progress = output.progress(name, Progress.Unit.MEBIBYTES);
            }
            progress.update(doneBytes, totalBytes, "");
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
