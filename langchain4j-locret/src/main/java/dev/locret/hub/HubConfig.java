package dev.locret.hub;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Which hub is asked, and how. Proxies are those of the JVM ({@code -Dhttps.proxyHost}).
 *
 * @param endpoint base URL of the hub, http or https
 * @param cacheDirectory root of the cache, laid out as Hugging Face's own libraries do
 * @param token access token; it goes to the endpoint's own scheme, host and port and nowhere else
 * @param offline whether only the cache may answer
 * @param retries how often one request is tried again after a cut, 408, 429 or 5xx
 * @param firstWait pause before the first retry; each later one doubles
 * @param longestWait limit of one pause, also of what a server asks for by {@code Retry-After}
 * @param silence how long a server may send nothing before the connection counts as cut
 */
public record HubConfig(
        URI endpoint,
        Path cacheDirectory,
        Optional<String> token,
        boolean offline,
        int retries,
        Duration firstWait,
        Duration longestWait,
        Duration silence) {
    private static final int MOST_RETRIES = 100;

    /** Checks every part. @throws LocretException {@link ErrorId#INVALID_ARGUMENT} with name and value */
    public HubConfig {
        endpoint = withoutTrailingSlash(endpoint);
        Checks.notNull("cacheDirectory", cacheDirectory);
        // The value of a token never goes into a message.
        Checks.argument(
                token.stream().allMatch(HubConfig::isPrintable),
                () -> "hub: the token holds a space or control character");
        Checks.inRange("retries", retries, 0, MOST_RETRIES);
        positive("firstWait", firstWait);
        positive("longestWait", longestWait);
        positive("silence", silence);
    }

    /** The defaults, with the endpoint and cache of Hugging Face. */
    public static HubConfig of(URI endpoint, Path cacheDirectory) {
        return new HubConfig(
                endpoint,
                cacheDirectory,
                Optional.empty(),
                false,
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30));
    }

    /** Reads the environment of this process; see {@link #fromEnvironment(Map)}. */
    public static HubConfig fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /**
     * Reads {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code XDG_CACHE_HOME}, {@code HF_TOKEN},
     * {@code HF_TOKEN_PATH} and {@code HF_HUB_OFFLINE} as Hugging Face's own libraries do.
     *
     * @throws LocretException {@link ErrorId#INVALID_ARGUMENT} for a value that cannot be used, {@link
     *     ErrorId#FILE_NOT_READABLE} for a token file that is there and cannot be read
     */
    public static HubConfig fromEnvironment(Map<String, String> environment) {
        return new HubEnvironment(environment).config();
    }

    /** The same with another cache. */
    public HubConfig withCacheDirectory(Path directory) {
        return new HubConfig(endpoint, directory, token, offline, retries, firstWait, longestWait, silence);
    }

    /** The same with another token, or none. */
    public HubConfig withToken(Optional<String> newToken) {
        return new HubConfig(endpoint, cacheDirectory, newToken, offline, retries, firstWait, longestWait, silence);
    }

    /** The same, on or off the network. */
    public HubConfig withOffline(boolean nowOffline) {
        return new HubConfig(endpoint, cacheDirectory, token, nowOffline, retries, firstWait, longestWait, silence);
    }

    /** The same with another number of retries. */
    public HubConfig withRetries(int newRetries) {
        return new HubConfig(endpoint, cacheDirectory, token, offline, newRetries, firstWait, longestWait, silence);
    }

    /** The same with another limit of silence. */
    public HubConfig withSilence(Duration newSilence) {
        return new HubConfig(endpoint, cacheDirectory, token, offline, retries, firstWait, longestWait, newSilence);
    }

    private static URI withoutTrailingSlash(URI endpoint) {
        String scheme = String.valueOf(Checks.notNull("endpoint", endpoint).getScheme());
        boolean plain = endpoint.getHost() != null
                && endpoint.getRawUserInfo() == null
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null;
        // Without the user part, which may hold a password.
        Checks.argument(
                plain && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https")),
                () -> "hub: endpoint must be http(s)://host[:port][/path]: endpoint=" + Origin.display(endpoint));
        return URI.create(endpoint.toString().replaceAll("/+$", ""));
    }

    private static boolean isPrintable(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127);
    }

    private static void positive(String name, Duration value) {
        Checks.argument(
                Checks.notNull(name, value).compareTo(Duration.ZERO) > 0,
                () -> name + " must be positive: " + name + "=" + value);
    }

    /** Everything but the token. */
    @Override
    public String toString() {
        return "HubConfig[endpoint=" + endpoint + ", cacheDirectory=" + cacheDirectory + ", token="
                + (token.isPresent() ? "set" : "none") + ", offline=" + offline + ", retries=" + retries
                + ", firstWait=" + firstWait + ", longestWait=" + longestWait + ", silence=" + silence + "]";
    }
}
