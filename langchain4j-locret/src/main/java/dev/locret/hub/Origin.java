package dev.locret.hub;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Scheme, host and port of a URL: what a token belongs to.
 *
 * @param scheme http or https
 * @param host in lower case
 * @param port the port, also where it is the scheme's own
 */
record Origin(String scheme, String host, int port) {
    static Origin of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT), port);
    }

    /** A URL for messages: without user and query, which may hold a password or a signature. */
    static String display(URI uri) {
        String authority =
                uri.getHost() == null ? "" : "//" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return (uri.getScheme() == null ? "" : uri.getScheme() + ":") + authority + path;
    }

    /** {@code path} for a URL: all but letters, digits and {@code -._~/} in percent form. */
    static String encode(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
            encoded.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return encoded.toString();
    }
}
