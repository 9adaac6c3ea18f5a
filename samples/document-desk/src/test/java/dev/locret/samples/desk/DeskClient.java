package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A user of the desk without a browser. */
final class DeskClient {
    private static final Pattern LOGIN_TOKEN = Pattern.compile("name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\"");
    private static final Pattern PAGE_TOKEN = Pattern.compile("name=\"csrf-token\" content=\"([^\"]+)\"");
    private static final String BOUNDARY = "desk-boundary";

    private final HttpClient client = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private final String url;
    private String token = "";

    DeskClient(String url) {
        this.url = url;
    }

    static DeskClient loggedIn(String url, String user) throws IOException, InterruptedException {
        DeskClient client = new DeskClient(url);
        String login = client.get("/login").body();
        String form = "username=" + user + "&password="
                + URLEncoder.encode(TestDesk.PASSWORD, StandardCharsets.UTF_8)
                + "&_csrf=" + URLEncoder.encode(found(LOGIN_TOKEN, login), StandardCharsets.UTF_8);
        client.client.send(
                client.request("/login")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.discarding());
        client.token = found(PAGE_TOKEN, client.get("/").body());
        return client;
    }

    private static String found(Pattern pattern, String page) {
        Matcher matcher = pattern.matcher(page);
        assertThat(matcher.find()).as(page).isTrue();
        return matcher.group(1);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        return token.isEmpty() ? request : request.header("X-CSRF-TOKEN", token);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
        return client.send(request(path).GET().build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> upload(String name, byte[] content) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return send(request("/api/documents")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
    }

    HttpRequest question(String id, String question) throws IOException {
        String body = new JsonMapper().writeValueAsString(Map.of("question", question));
        return request("/api/documents/" + id + "/questions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** The answer's events, as they come. */
    HttpResponse<InputStream> stream(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofInputStream());
    }

    /** Uploads a text and waits until it can be asked; returns its id. */
    String read(String name, String text) throws IOException, InterruptedException {
        HttpResponse<String> response = upload(name, text.getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        String id = new JsonMapper().readTree(response.body()).get("id").asText();
        Instant end = Instant.now().plus(Duration.ofMinutes(3));
        while (!state(id).equals("READY")) {
            assertThat(Instant.now()).as("document is still %s", state(id)).isBefore(end);
            // The progress stream ends when the document has been read.
            get("/api/documents/" + id + "/progress");
        }
        return id;
    }

    private String state(String id) throws IOException, InterruptedException {
        for (JsonNode document : new JsonMapper().readTree(get("/api/documents").body())) {
            if (document.get("id").asText().equals(id)) {
                return document.get("state").asText();
            }
        }
        return "gone";
    }
}
