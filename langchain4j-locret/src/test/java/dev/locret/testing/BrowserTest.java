package dev.locret.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of pages rely on: that a fault is found. */
class BrowserTest {
    @TempDir
    private Path directory;

    private JsonNode open(String body) throws IOException {
        Path page = directory.resolve("page.html");
        Files.writeString(
                page, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>" + body + "</body></html>");
        return Browser.open(page, "return document.querySelector('p').textContent;");
    }

    @Test
    void findsScriptErrorsAndRequests() throws IOException {
        JsonNode faulty = open("<p>one</p><script>absent();</script><img src=\"http://127.0.0.1:1/a.png\">"
                + "<script>fetch('http://127.0.0.1:1/b')</script>");
        assertThat(faulty.get("value").asText()).isEqualTo("one");
        assertThat(faulty.get("faults").toString())
                .contains(
                        "absent is not defined", "request: http://127.0.0.1:1/a.png", "request: http://127.0.0.1:1/b");
    }

    @Test
    void findsNothingInASoundPage() throws IOException {
        JsonNode sound = open("<p>–</p><script>document.querySelector('p').textContent += '<2>';</script>");
        assertThat(sound.get("value").asText()).isEqualTo("–<2>");
        assertThat(sound.get("faults")).isEmpty();
    }
}
