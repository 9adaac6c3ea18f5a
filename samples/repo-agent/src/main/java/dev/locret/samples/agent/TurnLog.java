package dev.locret.samples.agent;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.locret.LocretChatResponseMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Keeps what each request cost. */
final class TurnLog implements ChatModelListener {
    private static final Path STATUS = Path.of("/proc/self/status");

    private final List<Turn> turns = new ArrayList<>();
    private final Consumer<Turn> progress;

    TurnLog(Consumer<Turn> progress) {
        this.progress = progress;
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        LocretChatResponseMetadata cost =
                (LocretChatResponseMetadata) context.chatResponse().metadata();
        Turn turn = new Turn(
                cost.tokenUsage().inputTokenCount(),
                cost.promptTokensRead(),
                cost.tokenUsage().outputTokenCount(),
                cost.entriesKept(),
                cost.cacheBytes(),
                residentBytes(),
                cost.prefillDuration().plus(cost.decodeDuration()).toMillis());
        turns.add(turn);
        progress.accept(turn);
    }

    List<Turn> turns() {
        return List.copyOf(turns);
    }

    private static long residentBytes() {
        try (Stream<String> lines = Files.exists(STATUS) ? Files.lines(STATUS) : Stream.empty()) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** A line for each request, with a heading. */
    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("conversation,read,answered,entries,cache_bytes,resident_bytes,millis");
        for (Turn turn : turns) {
            lines.add(turn.conversation() + "," + turn.read() + "," + turn.answered() + "," + turn.entries() + ","
                    + turn.cacheBytes() + "," + turn.residentBytes() + "," + turn.millis());
        }
        Files.write(file, lines);
    }
}
