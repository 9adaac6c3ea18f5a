package dev.locret.hub;

import java.nio.file.Files;
import java.time.Clock;

/**
 * What the machine does for a download; tests put their own in place.
 *
 * @param sleeper waits between attempts
 * @param clock for dates in {@code Retry-After}
 * @param disk free bytes under a path
 * @param links how a snapshot comes to a blob
 */
record HubHost(Retry.Sleeper sleeper, Clock clock, DiskSpace disk, SnapshotLinks links) {
    static HubHost real() {
        return new HubHost(
                duration -> Thread.sleep(duration.toMillis()),
                Clock.systemUTC(),
                path -> Files.getFileStore(path).getUsableSpace(),
                SnapshotLinks.ofThisSystem());
    }
}
