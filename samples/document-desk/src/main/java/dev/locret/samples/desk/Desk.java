package dev.locret.samples.desk;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.Contexts;
import dev.locret.samples.desk.DeskDocument.State;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

/** Finds documents for those whose they are. */
@Service
class Desk {
    private static final Set<ErrorId> LOST =
            Set.of(ErrorId.UNKNOWN_CONTEXT, ErrorId.CONTEXT_MISMATCH, ErrorId.FILE_DAMAGED, ErrorId.FILE_UNSUPPORTED);

    private final DocumentRepository documents;
    private final ReadingRoom readingRoom;
    private final Contexts contexts;

    Desk(DocumentRepository documents, ReadingRoom readingRoom, Contexts contexts) {
        this.documents = documents;
        this.readingRoom = readingRoom;
        this.contexts = contexts;
    }

    /** @throws ResponseStatusException 404 if there is none, or it is another's, which is not told apart */
    DeskDocument find(UUID id, Principal user) {
        return documents
                .find(id, user.getName())
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such document"));
    }

    /**
     * @throws ResponseStatusException also 409 if it has not been read, or has to be read again: a directory that is full
     *     forgets the oldest contexts
     */
    DeskDocument read(UUID id, Principal user) {
        DeskDocument document = find(id, user);
        if (document.state() != State.READY) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "This document has not been read yet");
        }
        try {
            contexts.describe(document.context());
        } catch (LocretException e) {
            if (!LOST.contains(e.id())) {
                throw e;
            }
            readingRoom.read(document);
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT, "What was read of this document is gone, so it is being read again");
        }
        return document;
    }
}
