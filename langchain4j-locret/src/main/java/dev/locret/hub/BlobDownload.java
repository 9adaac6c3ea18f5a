package dev.locret.hub;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings one file to disk, continuing what is there, and checks its hash. The caller holds the blob's lock. */
final class BlobDownload {
    /** An attempt that brings this much earns a fresh count of retries: long downloads meet many cuts. */
    private static final long PROGRESS_BYTES = 1 << 20;

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    private final HubClient client;
    private final HubStatus status;
    private final Retry retry;
    private final DiskSpace disk;

    private final ModelSource.Hub source;
    private final URI uri;
    private final RemoteFile file;
    private final Path incomplete;
    private final DownloadProgress progress;
    private final String what;

    /** ETag of the answer that the bytes on disk came from; null while it is unknown. */
    private String answerETag;

    /** Whether the bytes on disk come from more than one answer. */
    private boolean resumed;

    BlobDownload(
            HubTransport transport,
            ModelSource.Hub source,
            URI uri,
            RemoteFile file,
            Path incomplete,
            DownloadProgress progress) {
        this.client = transport.client();
        this.status = transport.status();
        this.retry = transport.retry();
        this.disk = transport.disk();
        this.source = source;
        this.uri = uri;
        this.file = file;
        this.incomplete = incomplete;
        this.progress = progress;
        this.what = source.describe(file.path());
    }

    /**
     * Leaves the complete file at {@code incomplete}, on disk and not only in the system's buffers.
     *
     * @throws LocretException {@link ErrorId#DOWNLOAD}; bytes of the right file stay for a later attempt
     */
    void run() throws IOException {
        resumed = Files.exists(incomplete);
        String found = fetch();
        if (!found.equals(file.hash().hex()) && resumed) {
            // What an earlier process left may be damaged, for instance by a power cut: once more from the start.
            Files.delete(incomplete);
            resumed = false;
            found = fetch();
        }
        if (!found.equals(file.hash().hex())) {
            Files.delete(incomplete);
            throw new LocretException(
                    ErrorId.DOWNLOAD, "hub: wrong hash: expected=" + file.hash() + ", found=" + found + ": " + what);
        }
    }

    private String fetch() throws IOException {
        retry.call(what, this::attempt);
        return file.hash().over(incomplete);
    }

    private Long attempt() throws TransientFailure {
        long have = 0;
        try (FileChannel out = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            have = out.size();
            if (have > file.bytes()) {
                out.truncate(0);
                have = 0;
            }
            progress.onProgress(file.path(), have, file.bytes());
            if (have < file.bytes()) {
                HttpResponse<TimedBody> answer = client.get(uri, rangeFrom(have));
                try (TimedBody body = answer.body()) {
                    have = begin(answer, have, out);
                    copy(body, out, have);
                }
            }
            out.force(true);
            return file.bytes();
        } catch (IOException e) {
            throw disk.writeFailure(incomplete, file.bytes() - have, e);
        }
    }

    private Map<String, String> rangeFrom(long have) {
        Map<String, String> headers = new HashMap<>();
        if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
            // With it a server whose file changed sends all of the new one; a weak tag may not be used so.
            if (answerETag != null && !answerETag.startsWith("W/")) {
                headers.put("If-Range", answerETag);
            }
        }
        return headers;
    }

    /** Checks status and headers; returns the offset at which the body begins, where {@code out} then stands. */
    private long begin(HttpResponse<TimedBody> answer, long have, FileChannel out)
            throws IOException, TransientFailure {
        HttpHeaders headers = answer.headers();
        String etag = headers.firstValue("ETag").orElse(null);
        long start = 0;
        if (answer.statusCode() == 206) {
            Matcher range =
                    CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
            boolean asked = range.matches() && Long.parseLong(range.group(1)) == have;
            boolean same = answerETag == null || etag == null || answerETag.equals(etag);
            if (!asked || !same) {
                throw startOver(out, asked ? "the file changed on the server" : "the server sent another range");
            }
            if (!range.group(2).equals("*")) {
                checkLength(Long.parseLong(range.group(2)));
            }
            start = have;
            resumed = true;
        } else if (answer.statusCode() == 416) {
            throw startOver(out, "the server has no byte " + have);
        } else if (answer.statusCode() == 200) {
            // Also the answer of a server that knows no ranges, or whose file changed.
            headers.firstValueAsLong("Content-Length").ifPresent(this::checkLength);
            resumed = false;
        } else {
            throw status.failure(answer, source, what);
        }
        answerETag = etag;
        out.truncate(start);
        out.position(start);
        return start;
    }

    private void copy(TimedBody body, FileChannel out, long start) throws IOException, TransientFailure {
        long at = start;
        for (ByteBuffer part = next(body, start, at); part != null; part = next(body, start, at)) {
            if (part.remaining() > file.bytes() - at) {
                out.truncate(0);
                throw new LocretException(
                        ErrorId.DOWNLOAD,
                        "hub: the answer goes on after the " + file.bytes() + " bytes stated: " + what);
            }
            while (part.hasRemaining()) {
                at += out.write(part);
            }
            progress.onProgress(file.path(), at, file.bytes());
        }
        if (at < file.bytes()) {
            throw cut(start, at, "the answer ends", null);
        }
    }

    private ByteBuffer next(TimedBody body, long start, long at) throws TransientFailure {
        try {
            return body.next();
        } catch (IOException e) {
            throw cut(start, at, String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            throw Retry.cancelled(what, e);
        }
    }

    private TransientFailure cut(long start, long at, String reason, IOException cause) {
        return new TransientFailure(
                "connection cut at byte " + at + " of " + file.bytes() + " (" + reason + ")",
                cause,
                Duration.ZERO,
                at - start >= PROGRESS_BYTES);
    }

    private TransientFailure startOver(FileChannel out, String reason) throws IOException {
        out.truncate(0);
        answerETag = null;
        return new TransientFailure(reason + "; starting over", null);
    }

    private void checkLength(long stated) {
        Checks.check(
                stated == file.bytes(),
                ErrorId.DOWNLOAD,
                () -> "hub: two lengths for one file: announced=" + file.bytes() + ", sent=" + stated + ": " + what);
    }
}
