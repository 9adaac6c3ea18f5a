package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is gone. */
class FailuresTest {
    @TempDir
    private Path data;

    @Test
    void aDatabaseThatIsDownIsSaid() throws Exception {
        try (TestDesk desk = new TestDesk(data)) {
            DeskClient anna = DeskClient.loggedIn(desk.url(), "anna");
            ((AutoCloseable) desk.bean(DataSource.class)).close();
            HttpResponse<String> response = list(anna);
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body())
                    .contains("The database cannot be reached, try again later")
                    .doesNotContain("jdbc");
        }
    }

    private static HttpResponse<String> list(DeskClient client) throws IOException, InterruptedException {
        return client.get("/api/documents");
    }
}
