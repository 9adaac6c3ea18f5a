package dev.locret.hub;

/**
 * What every request of one hub shares.
 *
 * @param client sends
 * @param status judges answers
 * @param retry repeats
 * @param disk where answers are kept
 */
record HubTransport(HubClient client, HubStatus status, Retry retry, DiskSpace disk) {
    static HubTransport of(HubConfig config, HubHost host) {
        return new HubTransport(
                new HubClient(config),
                new HubStatus(config, host.clock()),
                new Retry(config, host.sleeper()),
                host.disk());
    }
}
