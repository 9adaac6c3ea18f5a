package dev.locret.samples.desk;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.LocretChatRequestParameters;
import dev.locret.LocretStreamingChatModel;
import java.security.Principal;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Answers questions to documents that were read: events {@code text}, then {@code done} or {@code failure}. */
@RestController
class QuestionController {
    private static final int MAX_CHARACTERS = 4000;

    /** The body of a request. */
    record Question(String question) {}

    private final Desk desk;
    private final LocretStreamingChatModel model;
    private final Streams streams;
    private final DeskProperties properties;

    QuestionController(Desk desk, LocretStreamingChatModel model, Streams streams, DeskProperties properties) {
        this.desk = desk;
        this.model = model;
        this.streams = streams;
        this.properties = properties;
    }

    @PostMapping(path = "/api/documents/{id}/questions", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter ask(@PathVariable UUID id, @RequestBody Question body, Principal user) {
        String question = body.question() == null ? "" : body.question().strip();
        if (question.isEmpty() || question.length() > MAX_CHARACTERS) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "A question has 1 to " + MAX_CHARACTERS + " characters, this one has " + question.length());
        }
        DeskDocument document = desk.read(id, user);
        SseEmitter emitter = new SseEmitter(0L);
        Answer answer = new Answer(emitter);
        model.chat(
                ChatRequest.builder()
                        .messages(UserMessage.from("\n\n" + question))
                        .parameters(LocretChatRequestParameters.builder()
                                .context(document.context())
                                .requestListener(answer)
                                .maxOutputTokens(properties.answerTokens())
                                .build())
                        .build(),
                answer);
        streams.watch(answer);
        return emitter;
    }
}
