package dev.locret.samples.desk;

import dev.locret.samples.desk.DeskDocument.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Documents in a database, H2 or PostgreSQL. What one user asks for is never another's. */
@Repository
class DocumentRepository {
    private static final String COLUMNS =
            "select id, owner, name, media_type, bytes, characters, tokens, state, message, created from desk_document ";

    private final JdbcClient client;

    DocumentRepository(JdbcClient client) {
        this.client = client;
    }

    void add(DeskDocument document, String text) {
        client.sql("insert into desk_document"
                        + " (id, owner, name, media_type, bytes, characters, tokens, state, message, created, content)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(
                        document.id(),
                        document.owner(),
                        document.name(),
                        document.mediaType(),
                        document.bytes(),
                        document.characters(),
                        document.tokens(),
                        document.state().name(),
                        document.message(),
                        Timestamp.from(document.created()),
                        text)
                .update();
    }

    List<DeskDocument> of(String owner) {
        return client.sql(COLUMNS + "where owner = ? order by created desc, id")
                .param(owner)
                .query(DocumentRepository::document)
                .list();
    }

    Optional<DeskDocument> find(UUID id, String owner) {
        return client.sql(COLUMNS + "where id = ? and owner = ?")
                .params(id, owner)
                .query(DocumentRepository::document)
                .optional();
    }

    /** Everybody's. */
    List<DeskDocument> all() {
        return client.sql(COLUMNS).query(DocumentRepository::document).list();
    }

    Optional<String> text(UUID id) {
        return client.sql("select content from desk_document where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    /** Returns whether there is such a document. */
    boolean set(UUID id, State state, int tokens, String message) {
        return client.sql("update desk_document set state = ?, tokens = ?, message = ? where id = ?")
                        .params(state.name(), tokens, message, id)
                        .update()
                == 1;
    }

    boolean remove(UUID id, String owner) {
        return client.sql("delete from desk_document where id = ? and owner = ?")
                        .params(id, owner)
                        .update()
                == 1;
    }

    private static DeskDocument document(ResultSet row, int number) throws SQLException {
        return new DeskDocument(
                row.getObject("id", UUID.class),
                row.getString("owner"),
                row.getString("name"),
                row.getString("media_type"),
                row.getLong("bytes"),
                row.getInt("characters"),
                row.getInt("tokens"),
                State.valueOf(row.getString("state")),
                row.getString("message"),
                row.getTimestamp("created").toInstant());
    }
}
