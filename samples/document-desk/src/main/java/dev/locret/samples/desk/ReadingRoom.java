package dev.locret.samples.desk;

import dev.locret.LocretStreamingChatModel;
import dev.locret.common.LocretException;
import dev.locret.engine.ContextInfo;
import dev.locret.engine.ContextReading;
import dev.locret.engine.Contexts;
import dev.locret.engine.GenerationListener;
import dev.locret.samples.desk.DeskDocument.State;
import jakarta.annotation.PreDestroy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/** Reads documents in the background, each into a context that outlives the process. */
@Service
class ReadingRoom {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingRoom.class);

    private final LocretStreamingChatModel model;
    private final Contexts contexts;
    private final DocumentRepository documents;
    private final Map<UUID, Progress> progress = new ConcurrentHashMap<>();
    private final Map<UUID, ContextReading> readings = new ConcurrentHashMap<>();
    /** One document after the other, as the engine reads them: many must not fill the queue that questions wait in. */
    private final ExecutorService reader = Executors.newSingleThreadExecutor();

    private volatile boolean closed;

    ReadingRoom(LocretStreamingChatModel model, Contexts contexts, DocumentRepository documents) {
        this.model = model;
        this.contexts = contexts;
        this.documents = documents;
    }

    /** Reads again what a process that died had begun, and what the contexts' directory had no more room for. */
    @EventListener(ApplicationReadyEvent.class)
    void readWhatIsMissing() {
        Set<String> known = contexts.list().stream().map(ContextInfo::name).collect(Collectors.toSet());
        for (DeskDocument document : documents.all()) {
            // One that was read, but whose process died before it said so, is not read again: its text is known.
            if (document.state() == State.READING
                    || document.state() == State.READY && !known.contains(document.context())) {
                read(document);
            }
        }
    }

    /** Begins to read, and returns. */
    void read(DeskDocument document) {
        UUID id = document.id();
        progress.put(id, Progress.waiting());
        documents.set(id, State.READING, 0, null);
        reader.execute(() -> {
            try {
                readNow(document);
            } catch (LocretException e) {
                failed(id, e);
            } catch (DataAccessException e) {
                LOG.error("Document is read at the next start, the database failed: {}", id, e);
            } finally {
                readings.remove(id);
                progress.remove(id);
            }
        });
    }

    private void readNow(DeskDocument document) {
        UUID id = document.id();
        Optional<String> text = closed ? Optional.empty() : documents.text(id);
        if (text.isEmpty()) {
            return;
        }
        ContextReading reading = model.readContext(document.context(), text.get(), new Listener(id));
        readings.put(id, reading);
        ContextInfo info = reading.await();
        if (!documents.set(id, State.READY, info.tokens(), null)) {
            // It was removed just before there was something to cancel.
            contexts.remove(document.context());
        }
    }

    /** A desk that is closed leaves the rest to the next start. */
    private void failed(UUID id, LocretException e) {
        if (!closed && documents.set(id, State.FAILED, 0, e.getMessage())) {
            LOG.warn("Document could not be read: {}", id, e);
        }
    }

    Progress progress(DeskDocument document) {
        Progress running = progress.get(document.id());
        return running == null ? Progress.of(document) : running;
    }

    /** Forgets a document, also one that is being read. */
    void remove(DeskDocument document) {
        ContextReading reading = readings.get(document.id());
        if (reading != null) {
            reading.cancel();
        }
        contexts.remove(document.context());
    }

    @PreDestroy
    void close() {
        closed = true;
        reader.shutdown();
        readings.values().forEach(ContextReading::cancel);
    }

    private final class Listener implements GenerationListener {
        private final UUID id;

        Listener(UUID id) {
            this.id = id;
        }

        @Override
        public void onRead(int read, int tokens, int entries, double tokensPerSecond) {
            progress.computeIfPresent(
                    id, (key, before) -> new Progress(State.READING, read, tokens, entries, tokensPerSecond, null));
        }
    }
}
