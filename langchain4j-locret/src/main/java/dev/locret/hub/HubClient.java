package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Sends one request and follows its redirects. Redirects are followed here and not by the JDK so that the token goes
 * to the endpoint's own origin only.
 */
final class HubClient {
    private static final int MOST_REDIRECTS = 10;

    private final HubConfig config;
    private final Origin home;
    private HttpClient http;

    HubClient(HubConfig config) {
        this.config = config;
        this.home = Origin.of(config.endpoint());
    }

    /** Made for the first request: it has a thread of its own, and most models lie on this machine. */
    private synchronized HttpClient http() {
        if (http == null) {
            // One connection a request keeps a cut from reaching other requests, as HTTP/2 would let it.
            http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(config.silence())
                    .build();
        }
        return http;
    }

    /** GETs {@code uri}; the caller closes the body. */
    HttpResponse<TimedBody> get(URI uri, Map<String, String> headers) throws TransientFailure {
        return send("GET", uri, headers, answer -> false);
    }

    /**
     * HEADs {@code uri}. The hub states hash and length of a large file in its own redirect to the CDN, so the first
     * answer with {@code header} is taken and the CDN is not asked.
     */
    HttpResponse<TimedBody> headUntil(URI uri, String header) throws TransientFailure {
        return send("HEAD", uri, Map.of(), answer -> answer.headers()
                .firstValue(header)
                .isPresent());
    }

    private HttpResponse<TimedBody> send(
            String method, URI start, Map<String, String> headers, Predicate<HttpResponse<TimedBody>> enough)
            throws TransientFailure {
        URI uri = start;
        for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
            HttpResponse<TimedBody> answer = exchange(request(method, uri, headers));
            if (!isRedirect(answer.statusCode()) || enough.test(answer)) {
                return answer;
            }
            answer.body().close();
            uri = target(uri, answer);
        }
        throw new LocretException(
                ErrorId.DOWNLOAD, "hub: more than " + MOST_REDIRECTS + " redirects: " + Origin.display(start));
    }

    private HttpRequest request(String method, URI uri, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("User-Agent", "langchain4j-locret")
                // Lengths and ranges are those of the file, not of a compressed form of it.
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (Origin.of(uri).equals(home)) {
            config.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        return request.build();
    }

    /** Waits here, not by {@code HttpRequest.timeout}, which later JDKs extend over the body. */
    private HttpResponse<TimedBody> exchange(HttpRequest request) throws TransientFailure {
        String where = Origin.display(request.uri());
        Duration silence = config.silence();
        CompletableFuture<HttpResponse<TimedBody>> answer = http().sendAsync(request, info -> new TimedBody(silence));
        try {
            return answer.get(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new TransientFailure("no answer within " + silence.toMillis() + " ms from " + where, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw Retry.cancelled(where, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new TransientFailure("connection failed (" + describe(cause) + ") to " + where, cause);
            }
            throw new LocretException(ErrorId.DOWNLOAD, "hub: request failed (" + e.getCause() + "): " + where, e);
        }
    }

    private static URI target(URI from, HttpResponse<?> answer) {
        String location = answer.headers().firstValue("Location").orElse("");
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new LocretException(ErrorId.DOWNLOAD, "hub: redirect to no URL: " + Origin.display(from), e);
        }
        boolean allowed = isAllowed(Origin.of(from).scheme(), Origin.of(to).scheme());
        if (location.isEmpty() || to.getHost() == null || !allowed) {
            throw new LocretException(
                    ErrorId.DOWNLOAD,
                    "hub: redirect refused: from=" + Origin.display(from) + ", to='"
                            + (location.isEmpty() ? "" : Origin.display(to)) + "'");
        }
        return to;
    }

    /** Whether a redirect stays on the web and does not give up encryption. */
    static boolean isAllowed(String fromScheme, String toScheme) {
        return toScheme.equals("https") || toScheme.equals("http") && fromScheme.equals("http");
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** Several exceptions of the JDK's client carry no message of their own. */
    private static String describe(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
