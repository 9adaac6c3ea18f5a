package dev.locret.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A hub on loopback with one repository, {@code acme/tiny}. Serves well unless told otherwise for single answers. */
public final class FakeHub implements AutoCloseable {
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    /** Answers one request for a file in its own way. */
    @FunctionalInterface
    interface Handler {
        void answer(HttpExchange exchange, byte[] content) throws IOException;
    }

    /** A request as it arrived; a header that is absent is null. */
    record Seen(String method, String path, String range, String ifRange, String authorization) {}

    final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
    final Map<String, String> etags = new ConcurrentHashMap<>();
    final Map<String, String> linkedSizes = new ConcurrentHashMap<>();
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final List<Duration> slept = new CopyOnWriteArrayList<>();
    volatile String listing;

    private final Map<String, Deque<Handler>> scripts = new ConcurrentHashMap<>();
    private final Map<String, Handler> always = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public FakeHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    HubConfig config(Path cache) {
        return HubConfig.of(endpoint(), cache).withRetries(2);
    }

    /** A pull whose waits are recorded and not slept. */
    ModelHub client(HubConfig config) {
        return new ModelHub(config, host(path -> Long.MAX_VALUE, SnapshotLinks.ofThisSystem()));
    }

    HubHost host(DiskSpace disk, SnapshotLinks links) {
        return new HubHost(slept::add, Clock.fixed(NOW, ZoneOffset.UTC), disk, links);
    }

    Path pull(Path cache, String source) {
        return client(config(cache)).resolve(ModelSource.parse(source), DownloadProgress.NONE);
    }

    /** Puts a large file: its hash is a SHA-256. */
    public byte[] putLarge(String path, int bytes) {
        byte[] content = bytes(bytes, path.hashCode());
        files.put(path, content);
        etags.put(path, sha256(content));
        return content;
    }

    /** Puts a small file: its hash is git's. */
    void putSmall(String path, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        files.put(path, content);
        etags.put(path, gitSha1(content));
    }

    /** The next requests {@code method path} are answered so, one handler each. */
    void next(String method, String path, Handler... handlers) {
        scripts.computeIfAbsent(method + " " + path, key -> new ArrayDeque<>()).addAll(List.of(handlers));
    }

    /** Every request {@code method path} is answered so. */
    void always(String method, String path, Handler handler) {
        always.put(method + " " + path, handler);
    }

    List<Seen> gets(String path) {
        return seen.stream()
                .filter(request ->
                        request.method().equals("GET") && request.path().endsWith("/" + path))
                .toList();
    }

    static Handler status(int code, String... headers) {
        return (exchange, content) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(code, -1);
        };
    }

    /**
     * Promises the whole file, or the rest a range asks for, and closes after {@code bytes} of it. Below two buffers
     * of the JDK's client (16 KiB each) the client may see the cut before it hands the answer out, and lose the bytes.
     */
    static Handler cutAfter(int bytes) {
        return (exchange, content) -> {
            int start = begin(exchange, content);
            exchange.getResponseBody().write(content, start, Math.min(bytes, content.length - start));
            exchange.getResponseBody().flush();
        };
    }

    /** Answers 200 with {@code body}, of a length that is not stated. */
    static Handler chunked(byte[] body) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(body);
        };
    }

    /** Sends the headers of a good answer; returns where the body begins. */
    static int begin(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, content.length == start ? -1 : content.length - start);
        return start;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            var headers = exchange.getRequestHeaders();
            seen.add(new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    headers.getFirst("Range"),
                    headers.getFirst("If-Range"),
                    headers.getFirst("Authorization")));
            String name =
                    path.startsWith("/api/") ? "listing" : path.replaceFirst("^/acme/tiny/resolve/[0-9a-f]{40}/", "");
            Handler handler = script(exchange.getRequestMethod() + " " + name);
            byte[] content = files.get(name);
            if (handler != null) {
                handler.answer(exchange, content);
            } else if (name.equals("listing")) {
                byte[] body = listing().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } else if (content == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                serve(exchange, name, content);
            }
        }
    }

    private void serve(HttpExchange exchange, String name, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("ETag", '"' + etags.get(name) + '"');
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders()
                    .set("Content-Length", linkedSizes.getOrDefault(name, String.valueOf(content.length)));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        int start = begin(exchange, content);
        exchange.getResponseBody().write(content, start, content.length - start);
    }

    private synchronized Handler script(String key) {
        Deque<Handler> script = scripts.get(key);
        return script == null || script.isEmpty() ? always.get(key) : script.poll();
    }

    private String listing() {
        if (listing != null) {
            return listing;
        }
        String siblings = files.keySet().stream().map(FakeHub::sibling).collect(Collectors.joining(","));
        return "{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
    }

    static String sibling(String path) {
        return "{\"rfilename\":\"" + path + "\"}";
    }

    static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String sha256(byte[] content) {
        return hex("SHA-256", content);
    }

    static String gitSha1(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, all, header.length, content.length);
        return hex("SHA-1", all);
    }

    private static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
