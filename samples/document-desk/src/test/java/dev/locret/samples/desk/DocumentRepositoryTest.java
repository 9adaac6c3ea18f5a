package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.samples.desk.DeskDocument.State;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class DocumentRepositoryTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void keepsDocumentsApart(String database) {
        String url = database.equals("h2") ? "jdbc:h2:file:" + data.resolve("d") : TestDesk.setting("desk.postgres");
        DataSource source = DataSourceBuilder.create().url(url).build();
        ResourceDatabasePopulator schema = new ResourceDatabasePopulator(new ClassPathResource("schema.sql"));
        schema.execute(source);
        // Every start runs it.
        schema.execute(source);
        DocumentRepository documents = new DocumentRepository(JdbcClient.create(source));
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        DeskDocument document = new DeskDocument(
                UUID.randomUUID(), "anna", "Größe.pdf", "application/pdf", 1L << 33, 7, 0, State.READING, null, now);
        documents.add(document, "a text \u2603".repeat(10_000));
        assertThat(documents.of("anna")).containsExactly(document);
        assertThat(documents.of("bert")).isEmpty();
        assertThat(documents.find(document.id(), "bert")).isEmpty();
        assertThat(documents.remove(document.id(), "bert")).isFalse();
        assertThat(documents.text(document.id())).contains("a text \u2603".repeat(10_000));
        documents.set(document.id(), State.FAILED, 0, "why");
        assertThat(documents.find(document.id(), "anna").orElseThrow().message())
                .isEqualTo("why");
        assertThat(documents.all()).hasSize(1);
        assertThat(documents.remove(document.id(), "anna")).isTrue();
        assertThat(documents.all()).isEmpty();
    }
}
