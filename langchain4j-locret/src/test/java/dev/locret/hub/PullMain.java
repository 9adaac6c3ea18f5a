package dev.locret.hub;

import java.net.URI;
import java.nio.file.Path;

/** Pulls in a JVM of its own: endpoint, cache, source. Prints where the model lies. */
final class PullMain {
    private PullMain() {}

    public static void main(String[] arguments) {
        HubConfig config = HubConfig.of(URI.create(arguments[0]), Path.of(arguments[1]));
        System.out.println(new ModelHub(config).resolve(ModelSource.parse(arguments[2]), DownloadProgress.NONE));
    }
}
