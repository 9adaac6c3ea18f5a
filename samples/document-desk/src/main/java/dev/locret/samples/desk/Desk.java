package dev.locret.samples.desk;

import dev.locret.samples.desk.DeskDocument.State;
import java.security.Principal;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

/** Finds documents for those whose they are. */
@Service
class Desk {
    private final DocumentRepository documents;

    Desk(DocumentRepository documents) {
        this.documents = documents;
    }

    /** @throws ResponseStatusException 404 if there is none, or it is another's, which is not told apart */
    DeskDocument find(UUID id, Principal user) {
        return documents
                .find(id, user.getName())
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such document"));
    }

    /** @throws ResponseStatusException also 409 if it has not been read */
    DeskDocument read(UUID id, Principal user) {
        DeskDocument document = find(id, user);
        if (document.state() != State.READY) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "This document has not been read yet");
        }
        return document;
    }
}
