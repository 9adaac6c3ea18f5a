package dev.locret.samples.desk;

import dev.locret.LocretStreamingChatModel;
import dev.locret.engine.ContextInfo;
import dev.locret.engine.ContextReading;
import dev.locret.engine.Contexts;
import dev.locret.engine.GenerationListener;
import dev.locret.samples.desk.DeskDocument.State;
import jakarta.annotation.PreDestroy;
import java.util.Map;
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
    /** Waits for readings, which the engine does one after the other. */
    private final ExecutorService waiting = Executors.newCachedThreadPool();

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
            if (document.state() != State.FAILED && !known.contains(document.context())) {
                documents.text(document.id()).ifPresent(text -> read(document, text));
            }
        }
    }

    /** Begins to read, and returns. */
    void read(DeskDocument document, String text) {
        UUID id = document.id();
        progress.put(id, Progress.waiting());
        documents.set(id, State.READING, 0, null);
        waiting.execute(() -> {
            try {
                ContextReading reading = model.readContext(document.context(), text, new Listener(id));
                readings.put(id, reading);
                ContextInfo info = reading.await();
                documents.set(id, State.READY, info.tokens(), null);
            } catch (RuntimeException e) {
                // A desk that is closed leaves the rest to the next start.
                if (!waiting.isShutdown()) {
                    LOG.warn("Document could not be read: {}", id, e);
                    documents.set(id, State.FAILED, 0, e.getMessage());
                }
            } finally {
                readings.remove(id);
                progress.remove(id);
            }
        });
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
        waiting.shutdown();
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
