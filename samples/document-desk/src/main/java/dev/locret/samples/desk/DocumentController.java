package dev.locret.samples.desk;

import dev.locret.samples.desk.DeskDocument.State;
import dev.locret.samples.desk.TextExtractor.Extracted;
import java.io.IOException;
import java.io.InputStream;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Documents of the user who asks. */
@RestController
@RequestMapping("/api/documents")
class DocumentController {
    private static final int MAX_NAME = 200;

    private final Desk desk;
    private final DocumentRepository documents;
    private final TextExtractor extractor;
    private final ReadingRoom readingRoom;
    private final Streams streams;

    DocumentController(
            Desk desk,
            DocumentRepository documents,
            TextExtractor extractor,
            ReadingRoom readingRoom,
            Streams streams) {
        this.desk = desk;
        this.documents = documents;
        this.extractor = extractor;
        this.readingRoom = readingRoom;
        this.streams = streams;
    }

    @GetMapping
    List<DeskDocument> list(Principal user) {
        return documents.of(user.getName());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    DeskDocument add(@RequestParam MultipartFile file, Principal user) throws IOException {
        if (file.isEmpty()) {
            throw new RejectedUploadException("This file is empty");
        }
        String name = name(file.getOriginalFilename());
        Extracted extracted;
        try (InputStream content = file.getInputStream()) {
            extracted = extractor.extract(name, content);
        }
        DeskDocument document = new DeskDocument(
                UUID.randomUUID(),
                user.getName(),
                name,
                extracted.mediaType(),
                file.getSize(),
                extracted.text().length(),
                0,
                State.READING,
                null,
                Instant.now());
        documents.add(document, extracted.text());
        readingRoom.read(document);
        return document;
    }

    /** What a browser calls a file may hold a path; nothing is ever stored under it. */
    static String name(String original) {
        String name = original == null ? "" : original;
        name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        name = name.replaceAll("\\p{Cntrl}", "").strip();
        if (name.length() > MAX_NAME) {
            // Half of a surrogate pair is no character.
            name = name.substring(0, Character.isLowSurrogate(name.charAt(MAX_NAME)) ? MAX_NAME - 1 : MAX_NAME);
        }
        return name.isEmpty() ? "document" : name;
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable UUID id, Principal user) {
        DeskDocument document = desk.find(id, user);
        documents.remove(id, user.getName());
        readingRoom.remove(document);
    }

    @GetMapping(path = "/{id}/progress", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter progress(@PathVariable UUID id, Principal user) {
        desk.find(id, user);
        return streams.follow(() -> readingRoom.progress(desk.find(id, user)));
    }
}
