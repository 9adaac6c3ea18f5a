package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.engine.LocretEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the desk refuses, to whom, and what it does when its user is gone. */
class DeskHttpTest {
    private static final String TEXT =
            "The key of the cellar lies under the blue pot. The garden has nine trees. ".repeat(20);

    @TempDir
    private static Path data;

    private static TestDesk desk;
    private static DeskClient anna;
    private static String id;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        desk = new TestDesk(data);
        anna = DeskClient.loggedIn(desk.url(), "anna");
        id = anna.read("house.txt", TEXT);
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    private static String detail(HttpResponse<String> response) throws IOException {
        return new JsonMapper().readTree(response.body()).path("detail").asText();
    }

    @Test
    void whoIsNotLoggedInGetsNothing() throws IOException, InterruptedException {
        DeskClient nobody = new DeskClient(desk.url());
        assertThat(nobody.get("/api/documents").statusCode()).isEqualTo(401);
        assertThat(nobody.get("/desk.js").body()).doesNotContain("EventSource");
    }

    @Test
    void anothersDocumentIsNotThere() throws IOException, InterruptedException {
        DeskClient bert = DeskClient.loggedIn(desk.url(), "bert");
        assertThat(bert.get("/api/documents").body()).isEqualTo("[]");
        for (String path : List.of("/progress", "/heat", "/heat.png", "/heat.svg")) {
            assertThat(bert.get("/api/documents/" + id + path).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        HttpResponse<String> answer = bert.send(bert.question(id, "Where is the key?"));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(bert.send(bert.request("/api/documents/" + id).DELETE().build())
                        .statusCode())
                .isEqualTo(404);
        assertThat(anna.get("/api/documents").body()).contains(id);
    }

    @Test
    void aRequestWithoutTheTokenIsRefused() throws IOException, InterruptedException {
        HttpResponse<String> response = anna.send(anna.request("/api/documents/" + id)
                .setHeader("X-CSRF-TOKEN", "guessed")
                .DELETE()
                .build());
        assertThat(response.statusCode()).isEqualTo(403);
    }

    @Test
    void scriptsComeFromHereOnly() throws IOException, InterruptedException {
        HttpResponse<String> page = anna.get("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.body()).doesNotContain("https://", "style=", "onclick");
    }

    @Test
    void emptyAndUnknownFilesAreRefused() throws IOException, InterruptedException {
        HttpResponse<String> empty = anna.upload("a.txt", new byte[0]);
        assertThat(empty.statusCode()).isEqualTo(422);
        assertThat(detail(empty)).isEqualTo("This file is empty");
        HttpResponse<String> program =
                anna.upload("a.pdf", new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0});
        assertThat(program.statusCode()).isEqualTo(422);
        assertThat(detail(program)).startsWith("PDF, Word, HTML and text are read, this is application/x-");
    }

    @Test
    void twoHundredMegabytesAreRefused() throws IOException, InterruptedException {
        HttpResponse<String> response = anna.upload("big.txt", new byte[200 << 20]);
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(detail(response)).isEqualTo("This file is larger than the desk takes");
        try (Stream<Path> files = Files.walk(data)) {
            assertThat(files.filter(file -> file.toString().endsWith("big.txt")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"../../etc/passwd, passwd", "C:\\Users\\a\\plan.txt, plan.txt", "/, document"})
    void aNameIsNoPath(String original, String name) {
        assertThat(DocumentController.name(original)).isEqualTo(name);
    }

    @Test
    void aLongNameIsCutBetweenCharacters() {
        assertThat(DocumentController.name("a".repeat(199) + "\ud83d\udcd6.txt"))
                .isEqualTo("a".repeat(199));
        assertThat(DocumentController.name("a".repeat(198) + "\ud83d\udcd6.txt"))
                .isEqualTo("a".repeat(198) + "\ud83d\udcd6");
    }

    @Test
    void questionsHaveALength() throws IOException, InterruptedException {
        HttpResponse<String> response = anna.send(anna.question(id, " "));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(detail(response)).isEqualTo("A question has 1 to 4000 characters, this one has 0");
        assertThat(anna.send(anna.question(UUID.randomUUID().toString(), "Who?"))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aHeadThatIsNotThereIsNamed() throws IOException, InterruptedException {
        HttpResponse<String> response = anna.get("/api/documents/" + id + "/heat?layer=99");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(detail(response)).isEqualTo("There is no layer 99: layers are 0 to 29, -1 is all");
    }

    @Test
    void theHeatMapComesAsPicturesToo() throws IOException, InterruptedException {
        HttpResponse<byte[]> png = anna.bytes("/api/documents/" + id + "/heat.png");
        assertThat(png.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"house.txt.png\"");
        assertThat(png.body()).startsWith(0x89, 'P', 'N', 'G');
        HttpResponse<String> svg = anna.get("/api/documents/" + id + "/heat.svg?layer=2&head=0");
        assertThat(svg.body()).startsWith("<svg").endsWith("</svg>\n").contains("fill=\"#0c3469\"");
        JsonNode view = new JsonMapper()
                .readTree(anna.get("/api/documents/" + id + "/heat").body());
        assertThat(view.get("layers").asInt()).isEqualTo(30);
        assertThat(view.get("heads").asInt()).isEqualTo(3);
        // A text within the budget is there as a whole.
        view.get("cells")
                .forEach(cell -> assertThat(cell.get("share").asDouble()).isEqualTo(1));
    }

    @Test
    void whenTheReaderLeavesTheModelStops() throws IOException, InterruptedException {
        LocretEngine engine = desk.bean(LocretEngine.class);
        HttpResponse<InputStream> response = anna.stream(anna.question(id, "Tell a long story about the garden."));
        firstEvent(response.body());
        assertThat(engine.status().queue().running()).isEqualTo(1);
        response.body().close();
        Instant left = Instant.now();
        while (engine.status().queue().running() > 0) {
            assertThat(Instant.now()).as("still answering").isBefore(left.plus(Duration.ofSeconds(20)));
            Thread.onSpinWait();
        }
    }

    @Test
    void anAnswerEndsThoughItsSessionIsOver() throws IOException, InterruptedException {
        DeskClient leaving = DeskClient.loggedIn(desk.url(), "anna");
        try (InputStream answer =
                leaving.stream(leaving.question(id, "Where is the key?")).body()) {
            leaving.send(leaving.request("/logout")
                    .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("event:done");
        }
        assertThat(leaving.get("/api/documents").statusCode()).isEqualTo(401);
    }

    private static void firstEvent(InputStream stream) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        String line = reader.readLine();
        while (line != null && !line.startsWith("event:text")) {
            line = reader.readLine();
        }
        assertThat(line).isEqualTo("event:text");
    }
}
