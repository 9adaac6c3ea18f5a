package dev.locret.samples.corpus;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.locret.LocretChatResponseMetadata;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.BlockManagerId;

/**
 * A task: asks its documents one after another. What is wrong with a document is that document's error; what is wrong with the
 * executor (no model, no card, no memory) fails the task, and Spark tries it elsewhere.
 *
 * @param run names this run in its rows
 */
record Asker(Corpus corpus, String question, Settings settings, String run) implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> files) {
        TaskContext task = TaskContext.get();
        ResourceInformation cards = task.resourcesJMap().get(Devices.RESOURCE);
        String device = Devices.of(settings.device(), cards == null ? List.of() : Arrays.asList(cards.addresses()));
        ChatModel model = ExecutorModel.get(settings, device, task.cpus());
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(files, 0), false)
                .map(file -> ask(file, model, device))
                .iterator();
    }

    private Row ask(Row file, ChatModel model, String device) {
        Instant started = Instant.now();
        String sha256 = null;
        String error = null;
        ChatResponse response = null;
        try {
            byte[] bytes = corpus.read(file);
            // Of what was read: the file may have changed since its hash was compared.
            sha256 = DocumentText.sha256(bytes);
            // The question last: the end of a prompt is read after the last eviction.
            response = model.chat(ChatRequest.builder()
                    .messages(UserMessage.from(DocumentText.text(bytes) + "\n\n" + question))
                    .build());
        } catch (UnreadableException | InvalidRequestException | TimeoutException e) {
            error = e.getMessage();
        }
        LocretChatResponseMetadata cost = response == null ? null : (LocretChatResponseMetadata) response.metadata();
        BlockManagerId executor = SparkEnv.get().blockManager().blockManagerId();
        return RowFactory.create(
                file.getAs("document"),
                file.getAs("bytes"),
                sha256,
                question,
                settings.modelName(),
                response == null ? null : response.aiMessage().text(),
                error,
                cost == null ? null : cost.tokenUsage().inputTokenCount(),
                cost == null ? null : cost.entriesKept(),
                cost == null ? null : cost.tokenUsage().outputTokenCount(),
                run,
                executor.executorId(),
                executor.host(),
                device,
                Timestamp.from(started),
                Instant.now().toEpochMilli() - started.toEpochMilli());
    }
}
