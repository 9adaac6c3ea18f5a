package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.engine.ContextInfo;
import dev.locret.engine.Contexts;
import dev.locret.samples.desk.DeskDocument.State;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that end, contexts that are lost, processes that die. What hangs fails by the time limit. */
@Timeout(240)
class DeskTroubleTest {
    private static final String TEXT = "The key of the cellar lies under the blue pot. ".repeat(20);
    private static final String LONG_TEXT = "The wind was fair and the crew mended the sails. ".repeat(500);

    @TempDir
    private Path data;

    private static String detail(HttpResponse<String> response) throws IOException {
        return new JsonMapper().readTree(response.body()).path("detail").asText();
    }

    private static String upload(DeskClient client, String name, String text) throws IOException, InterruptedException {
        HttpResponse<String> response = client.upload(name, text.getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return new JsonMapper().readTree(response.body()).get("id").asText();
    }

    /** Follows its progress to the end. */
    private static void await(DeskClient client, String id) throws IOException, InterruptedException {
        client.get("/api/documents/" + id + "/progress");
    }

    private static State state(TestDesk desk, String id) {
        return desk.bean(DocumentRepository.class)
                .find(UUID.fromString(id), "anna")
                .orElseThrow()
                .state();
    }

    @Test
    void whoseSessionIsOverIsSentToTheLogin() throws IOException, InterruptedException {
        try (TestDesk desk = new TestDesk(data)) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            HttpRequest question = anna.question(UUID.randomUUID().toString(), "Where is the key?");
            anna.send(anna.request("/logout").POST(BodyPublishers.noBody()).build());

            assertThat(anna.send(question).statusCode()).isEqualTo(401);
            assertThat(anna.upload("a.txt", TEXT.getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aLostContextIsReadAgainAndNobodyHearsOfOthers() throws IOException, InterruptedException {
        try (TestDesk desk = new TestDesk(data)) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            String id = anna.read("house.txt", TEXT);
            String berts = DeskClient.loggedIn(desk.url(), "bert").read("boat.txt", "Bert has a boat. ".repeat(20));
            desk.bean(Contexts.class).remove("desk-" + id);

            HttpResponse<String> lost = anna.send(anna.question(id, "Where is the key?"));

            assertThat(lost.statusCode()).isEqualTo(409);
            assertThat(detail(lost)).isEqualTo("What was read of this document is gone, so it is being read again");
            assertThat(lost.body()).doesNotContain(berts);
            await(anna, id);
            assertThat(anna.send(anna.question(id, "Where is the key?")).body()).contains("event:done");
        }
    }

    @Test
    void progressOfARemovedDocumentEnds() throws IOException, InterruptedException {
        try (TestDesk desk = new TestDesk(data)) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            String id = upload(anna, "log.txt", LONG_TEXT);
            HttpRequest follow =
                    anna.request("/api/documents/" + id + "/progress").GET().build();
            try (InputStream progress = anna.stream(follow).body()) {
                assertThat(progress.read()).isEqualTo('e');
                anna.send(anna.request("/api/documents/" + id).DELETE().build());
                assertThat(new String(progress.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("\"READING\"")
                        .doesNotContain("\"READY\"");
            }
            assertThat(anna.send(follow).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void moreDocumentsThanTheEnginesQueueHoldsAreRead() throws IOException, InterruptedException {
        try (TestDesk desk = new TestDesk(data, "--langchain4j.locret.queue-capacity=2")) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ids.add(upload(anna, i + ".txt", "Number " + i + " lies under the pot."));
            }
            for (String id : ids) {
                await(anna, id);
                assertThat(state(desk, id)).isEqualTo(State.READY);
            }
            assertThat(desk.bean(Contexts.class).list().stream().map(ContextInfo::name))
                    .containsExactlyInAnyOrderElementsOf(
                            ids.stream().map(id -> "desk-" + id).toList());
        }
    }

    @Test
    void aProcessThatDiedBeforeItSaidThatItHadReadIsMended() throws IOException, InterruptedException {
        String id;
        try (TestDesk desk = new TestDesk(data)) {
            id = DeskClient.loggedIn(desk.url(), "anna").read("house.txt", TEXT);
            desk.bean(DocumentRepository.class).set(UUID.fromString(id), State.READING, 0, null);
        }
        try (TestDesk desk = new TestDesk(data)) {
            await(DeskClient.loggedIn(desk.url(), "anna"), id);
            assertThat(state(desk, id)).isEqualTo(State.READY);
        }
    }

    @Test
    void aPasswordWithoutItsKindIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new TestDesk(data, "--desk.users.carl=secret"))
                .hasRootCauseMessage("desk.users.carl does not say what kind of password it is, as {noop}secret and"
                        + " {bcrypt}$2a$… do");
    }

    /** As {@code run.sh --desk.data=here} gives it. */
    @Test
    void theDirectoryMayBeRelative() throws IOException, InterruptedException {
        Path relative = Path.of("").toAbsolutePath().relativize(data.toAbsolutePath());
        try (TestDesk desk = new TestDesk(relative)) {
            assertThat(DeskClient.loggedIn(desk.url(), "anna")
                            .get("/api/documents")
                            .body())
                    .isEqualTo("[]");
        }
        assertThat(data.resolve("documents.mv.db")).exists();
    }

    @Test
    void postgresqlKeepsDocumentsOverARestart() throws IOException, InterruptedException {
        String[] postgres = {"--spring.profiles.active=postgres", "--DESK_DATABASE=" + TestDesk.setting("desk.postgres")
        };
        String id;
        try (TestDesk desk = new TestDesk(data, postgres)) {
            id = DeskClient.loggedIn(desk.url(), "anna").read("cellar \ud83d\udcd6.txt", TEXT);
        }
        assertThat(data.resolve("documents.mv.db")).doesNotExist();
        try (TestDesk desk = new TestDesk(data, postgres)) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            assertThat(anna.get("/api/documents").body()).contains("cellar \ud83d\udcd6.txt", "\"READY\"");
            assertThat(anna.send(anna.question(id, "Where is the key?")).body()).contains("event:done");
            assertThat(anna.send(anna.request("/api/documents/" + id).DELETE().build())
                            .statusCode())
                    .isEqualTo(204);
        }
    }
}
