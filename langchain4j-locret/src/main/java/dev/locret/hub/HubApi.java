package dev.locret.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the hub is asked about a repository: its files, and hash and length of each. */
final class HubApi {
    private static final int LARGEST_LISTING_BYTES = 32 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private final HubConfig config;
    private final HubClient client;
    private final HubStatus status;
    private final Retry retry;

    HubApi(HubConfig config, HubClient client, HubStatus status, Retry retry) {
        this.config = config;
        this.client = client;
        this.status = status;
        this.retry = retry;
    }

    /**
     * A revision at one moment.
     *
     * @param commit its commit id
     * @param files paths of all files
     */
    record Listing(String commit, List<String> files) {}

    /** Lists {@code source}'s revision. */
    Listing list(ModelSource.Hub source) {
        // The slashes of refs/pr/N are part of one name here.
        String revision = Origin.encode(source.revision()).replace("/", "%2F");
        URI uri = URI.create(config.endpoint() + "/api/models/" + source.repository() + "/revision/" + revision);
        byte[] body = retry.call(source.toString(), () -> read(uri, source));
        try {
            JsonNode json = JSON.readTree(body);
            String commit = json.path("sha").asText();
            Checks.check(
                    HubNames.isCommit(commit),
                    ErrorId.DOWNLOAD,
                    () -> "hub: the listing names no commit: sha='" + commit + "': " + source);
            List<String> files = new ArrayList<>();
            for (JsonNode sibling : json.path("siblings")) {
                String path = sibling.path("rfilename").asText();
                Checks.check(
                        HubNames.isFilePath(path),
                        ErrorId.DOWNLOAD,
                        () -> "hub: the listing names a file outside the repository: file='" + path + "': " + source);
                files.add(path);
            }
            return new Listing(commit, List.copyOf(files));
        } catch (IOException e) {
            // Not the parser's whole message, which quotes the body over several lines.
            String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
            throw new LocretException(ErrorId.DOWNLOAD, "hub: the listing is not JSON (" + reason + "): " + source, e);
        }
    }

    /** Hash and length of {@code path} at {@code commit}. */
    RemoteFile describe(ModelSource.Hub source, String commit, String path) {
        String what = source.describe(path);
        HttpHeaders headers = retry.call(what, () -> {
            HttpResponse<TimedBody> answer = client.headUntil(fileUri(source, commit, path), "X-Linked-Etag");
            if (answer.statusCode() >= 400) {
                throw status.failure(answer, source, what);
            }
            answer.body().close();
            return answer.headers();
        });
        String etag = headers.firstValue("X-Linked-Etag")
                .or(() -> headers.firstValue("ETag"))
                .orElse("");
        BlobHash hash = BlobHash.fromETag(etag)
                .orElseThrow(() -> new LocretException(
                        ErrorId.DOWNLOAD,
                        "hub: the answer carries no SHA-256 or git hash to check against: ETag='" + etag + "': "
                                + what));
        return new RemoteFile(path, hash, length(headers, what));
    }

    URI fileUri(ModelSource.Hub source, String commit, String path) {
        return URI.create(
                config.endpoint() + "/" + source.repository() + "/resolve/" + commit + "/" + Origin.encode(path));
    }

    private byte[] read(URI uri, ModelSource.Hub source) throws TransientFailure {
        HttpResponse<TimedBody> answer = client.get(uri, Map.of("Accept", "application/json"));
        if (answer.statusCode() != 200) {
            throw status.failure(answer, source, source.toString());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TimedBody body = answer.body()) {
            for (ByteBuffer part = body.next(); part != null; part = body.next()) {
                Checks.check(
                        part.remaining() <= LARGEST_LISTING_BYTES - bytes.size(),
                        ErrorId.DOWNLOAD,
                        () -> "hub: the listing is longer than " + LARGEST_LISTING_BYTES + " bytes: " + source);
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                bytes.writeBytes(copy);
            }
        } catch (IOException e) {
            throw new TransientFailure("listing cut at byte " + bytes.size() + " (" + e.getMessage() + ")", e);
        } catch (InterruptedException e) {
            throw Retry.cancelled(source.toString(), e);
        }
        return bytes.toByteArray();
    }

    private static long length(HttpHeaders headers, String what) {
        String text = headers.firstValue("X-Linked-Size")
                .or(() -> headers.firstValue("Content-Length"))
                .orElse("");
        Checks.check(
                text.matches("[0-9]{1,18}"),
                ErrorId.DOWNLOAD,
                () -> "hub: the answer states no length: Content-Length='" + text + "': " + what);
        return Long.parseLong(text);
    }
}
